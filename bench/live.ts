import { setTimeout as sleep } from 'node:timers/promises'

import { startBenchDatabase } from './bench-database.ts'
import { startConsole } from './console.ts'
import { pixelViewer, streamViewer, tailViewer, type Viewer } from './live-viewers.ts'
import { Writers } from './live-writers.ts'
import type { Benchmark, Row } from './report.ts'
import { ms, type Samples, times } from './samples.ts'
import { Stamps } from './stamps.ts'

const RATES = [1, 100, 1000]
/** One frame of a 60 Hz display: the least that a pixel can wait on average is half of it. */
const DISPLAY_FRAME_MS = 1000 / 60

/**
 * From an agent's commit to the server, to the wire and to the pixel, at three rates. Writers, server and
 * browser are processes of their own on one machine and share its cores.
 */
export const live: Benchmark = async ({ seconds, web }) => {
  const database = await startBenchDatabase()
  const server = await startConsole(database, web)
  const writers = new Writers()
  const viewers: Viewer[] = []
  try {
    await writers.open(database.agentUrl)
    const tail = tailViewer(database.serverUrl)
    const stream = await streamViewer(server.origin, server.apiToken)
    const pixel = await pixelViewer(server.signInUrl)
    viewers.push(tail, stream, pixel)
    const rows: Row[] = []
    await writers.write(50, 2, new Stamps())
    for (const rate of RATES) {
      const seen = [new Stamps(), new Stamps(), new Stamps()] as const
      const all = new Stamps()
      all.committed = (n, at) => {
        for (const each of seen) each.committed(n, at)
      }
      for (const [i, viewer] of viewers.entries()) viewer.stamps = seen[i]
      const written = await writers.write(rate, rate === 1 ? Math.max(20, seconds) : seconds, all)
      await sleep(1500)
      await pixel.collect()
      rows.push(...rowsOf(rate, written, seen))
    }
    return report(seconds, rows)
  } finally {
    await Promise.all(viewers.map(async (viewer) => viewer.close()))
    await writers.close()
    await server.stop()
    await database.stop()
  }
}

function rowsOf(rate: number, written: number, seen: readonly Stamps[]): Row[] {
  const [tail, stream, pixel] = seen.map((stamps) => stamps.delays())
  const row = (what: string, q: number, samples: Samples | undefined): Row => ({
    what: `${rate}/s: ${what}, p${q * 100} of ${samples?.count ?? 0} seen, ${written} written`,
    ours: ms(samples?.quantile(q) ?? Number.NaN),
    beside: [
      {
        value: ms(DISPLAY_FRAME_MS),
        ratio: times((samples?.quantile(q) ?? Number.NaN) / DISPLAY_FRAME_MS),
      },
    ],
  })
  return [
    row('commit -> server', 0.5, tail),
    row('commit -> server', 0.99, tail),
    row('commit -> stream', 0.5, stream),
    row('commit -> stream', 0.99, stream),
    row('commit -> pixel', 0.5, pixel),
    row('commit -> pixel', 0.99, pixel),
  ]
}

const report = (seconds: number, rows: readonly Row[]) => ({
  title: "From an agent's commit to the screen",
  peers: ['one frame'],
  notes: [
    `Plain-SQL agents change the step of 20 runs over 8 connections, ${seconds} s at each rate (at least 20 s at 1/s).`,
    'Commit: its acknowledgement at the writer. Server: the tail on a connection of its own has parsed the event.',
    'Stream: a bare HTTP client has it. Pixel: the frame that shows it in Chromium (1440x900) has been painted.',
    'Stream and pixel see the latest state of each run in each frame, so at high rates they see fewer than were written.',
    'Peer: one frame of a 60 Hz display.',
  ],
  rows,
})
