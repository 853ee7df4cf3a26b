import { setTimeout as sleep } from 'node:timers/promises'

import type { Page } from '@playwright/test'

import type { BenchDatabase } from '../bench-database.ts'
import type { Console } from '../console.ts'
import type { Row } from '../report.ts'
import { mb, ms, percent, Samples, times } from '../samples.ts'
import { Renderer } from './chromium.ts'
import { LongRun } from './fill.ts'
import { Smoothness, watchFrames } from './frames.ts'

const LONG = 50_000
const SHORT = 50
const ROUNDS = 5
/** Turns of four events a second while it grows. */
const GROWTH = 50

interface Measured {
  readonly firstRows: Samples
  readonly interactive: Samples
  readonly heap: Samples
  readonly growing: Smoothness
  readonly grown: Samples
}

const nothing = (): Measured => ({
  firstRows: new Samples(),
  interactive: new Samples(),
  heap: new Samples(),
  growing: new Smoothness(),
  grown: new Samples(),
})

/** The page of a run of 50,000 events, opened and then growing, beside the same page of a run of 50. */
export async function longRun(
  { agentUrl }: BenchDatabase,
  { origin }: Console,
  page: Page,
  seconds: number,
): Promise<{ rows: Row[]; notes: string[] }> {
  const long = await LongRun.start(agentUrl)
  const short = await LongRun.start(agentUrl)
  const sides = { long: nothing(), short: nothing() }
  const both = [
    [short, sides.short],
    [long, sides.long],
  ] as const
  try {
    await long.growTo(LONG)
    await short.growTo(SHORT)
    // The first opening of each warms up caches of the server and of the browser.
    for (let round = -1; round < ROUNDS; round += 1) {
      for (const [run, side] of both) {
        await open(page, `${origin}/runs/${run.id}`, round < 0 ? nothing() : side)
      }
    }
    for (const [run, side] of both) {
      await open(page, `${origin}/runs/${run.id}`, nothing())
      await grow(page, run, side, seconds)
    }
  } finally {
    await Promise.all([long.close(), short.close()])
  }
  return { rows: rowsOf(sides), notes: notes(seconds) }
}

interface Opened {
  readonly firstRows: number
  readonly interactive: number
}

async function open(page: Page, url: string, into: Measured): Promise<void> {
  await page.goto('about:blank')
  await page.goto(url)
  const opened = await page.evaluate(whenReady)
  const renderer = await Renderer.of(page)
  into.firstRows.add(opened.firstRows)
  into.interactive.add(opened.interactive)
  into.heap.add(await renderer.heapAfterGc())
}

async function grow(page: Page, run: LongRun, into: Measured, seconds: number): Promise<void> {
  const renderer = await Renderer.of(page)
  const before = await renderer.heapAfterGc()
  const from = run.events
  const until = performance.now() + seconds * 1000
  const writing = (async () => {
    while (performance.now() < until) {
      await run.grow(GROWTH / 10)
      await sleep(100)
    }
  })()
  await watchFrames(page, renderer, into.growing, { seconds, scrolling: false })
  await writing
  await sleep(1000)
  const kb = ((await renderer.heapAfterGc()) - before) * 1024
  into.grown.add(kb / ((run.events - from) / 1000))
}

/**
 * Runs in the page. Milliseconds from its navigation to the first painted event, and to the end of the last long task
 * (> 50 ms) before one second without any: from there on it answers.
 */
async function whenReady(): Promise<Opened> {
  // It travels to the page alone.
  // oxlint-disable-next-line unicorn/consistent-function-scoping
  const painted = async (): Promise<number> =>
    new Promise((resolve) => {
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now())))
    })
  while (document.querySelector('[role=log] time') === null) {
    if (performance.now() > 60_000) throw new Error('no event was drawn within a minute')
    await painted()
  }
  const firstRows = await painted()
  let lastBusy = firstRows
  new PerformanceObserver((list) => {
    for (const task of list.getEntries())
      lastBusy = Math.max(lastBusy, task.startTime + task.duration)
  }).observe({ type: 'longtask', buffered: true })
  do await painted()
  while (performance.now() - lastBusy < 1000)
  return { firstRows, interactive: lastBusy }
}

function rowsOf({ long, short }: { long: Measured; short: Measured }): Row[] {
  const row = (
    what: string,
    read: (side: Measured) => number,
    show: (value: number) => string,
    goal?: string,
  ): Row => ({
    what,
    ours: show(read(long)),
    beside: [{ value: show(read(short)), ratio: times(read(long) / read(short)) }, undefined],
    ...(goal !== undefined && { goal }),
  })
  return [
    row(
      'run: navigation to first rows p50',
      (side) => side.firstRows.quantile(0.5),
      ms,
      '<= 500 ms',
    ),
    row('run: navigation to interactive p50', (side) => side.interactive.quantile(0.5), ms),
    row('run: script heap after GC', (side) => side.heap.quantile(0.5), mb, '<= 150 MB'),
    row(
      'run growing: frames per second',
      (side) => side.growing.fps,
      (n) => n.toFixed(1),
    ),
    row('run growing: frames over 32 ms', (side) => side.growing.lateShare, percent),
    row('run growing: main thread at work', (side) => side.growing.busyShare, percent),
    row(
      'run growing: heap per 1,000 events',
      (side) => side.grown.quantile(0.5),
      (kb) => `${kb.toFixed(0)} KB`,
    ),
  ]
}

const notes = (seconds: number): string[] => [
  `Run: a run of ${LONG} events made by the functions that the SDK calls; peer: the same page of a run of ${SHORT}. Opened ${ROUNDS}`,
  `times each in turn, from navigation (script cached). Interactive: the end of the last long task before a second without`,
  `any. Growing: ${GROWTH * 4} events/s for ${seconds} s with the list at its end.`,
]
