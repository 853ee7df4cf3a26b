import type { Page } from '@playwright/test'

import type { BenchDatabase } from '../bench-database.ts'
import type { Console } from '../console.ts'
import type { Row } from '../report.ts'
import { ms, percent, Samples, times } from '../samples.ts'
import { Renderer } from './chromium.ts'
import { Smoothness, watchFrames } from './frames.ts'
import { fillPast } from './past.ts'

const ROUNDS = 3

interface Measured {
  readonly moving: Smoothness
  /** From navigation to the first lanes. */
  readonly open: Samples
}

const nothing = (): Measured => ({ moving: new Smoothness(), open: new Samples() })

/** The timeline of a day with a million events, zoomed and moved without a pause, beside a day with fifty. */
export async function incidents(
  { adminUrl }: BenchDatabase,
  { origin }: Console,
  page: Page,
  seconds: number,
): Promise<{ rows: Row[]; notes: string[] }> {
  const { full, calm, events } = await fillPast(adminUrl)
  const sides = { full: nothing(), calm: nothing() }
  // The first opening of each warms up caches of the server and of the browser.
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const [window, side] of [
      [calm, sides.calm],
      [full, sides.full],
    ] as const) {
      const into = round < 0 ? nothing() : side
      await open(page, `${origin}/incidents?from=${window.from}&to=${window.to}`, into)
      const renderer = await Renderer.of(page)
      await watchFrames(page, renderer, into.moving, {
        seconds: seconds / ROUNDS,
        doing: async (until) => scrub(page, until),
      })
    }
  }
  return { rows: rowsOf(sides), notes: notes(events, seconds) }
}

async function open(page: Page, url: string, into: Measured): Promise<void> {
  await page.goto('about:blank')
  const began = performance.now()
  await page.goto(url)
  await page.getByTestId('lanes').waitFor({ timeout: 60_000 })
  into.open.add(performance.now() - began)
  await page.waitForTimeout(1000)
}

/** Hands at the timeline: closer by the wheel, along by a drag, and back, as fast as the page takes it. */
async function scrub(page: Page, until: number): Promise<void> {
  const box = await page.getByTestId('lanes').boundingBox()
  if (box === null) throw new Error('There are no lanes.')
  const [x, y] = [box.x + box.width / 2, box.y + 40]
  await page.mouse.move(x, y)
  for (let closer = true; performance.now() < until; closer = !closer) {
    await page.keyboard.down('Control')
    for (let nth = 0; nth < 14 && performance.now() < until; nth += 1)
      await page.mouse.wheel(0, closer ? -50 : 50)
    await page.keyboard.up('Control')
    await page.mouse.down()
    await page.mouse.move(x - 300, y, { steps: 25 })
    await page.mouse.move(x, y, { steps: 25 })
    await page.mouse.up()
  }
}

function rowsOf({ full, calm }: { full: Measured; calm: Measured }): Row[] {
  const row = (
    what: string,
    read: (side: Measured) => number,
    show: (value: number) => string,
    goal?: string,
  ): Row => ({
    what,
    ours: show(read(full)),
    beside: [{ value: show(read(calm)), ratio: times(read(full) / read(calm)) }, undefined],
    ...(goal !== undefined && { goal }),
  })
  return [
    row('incidents: navigation to first lanes p50', (side) => side.open.quantile(0.5), ms),
    row(
      'incidents scrubbed: frames per second',
      (side) => side.moving.fps,
      (n) => n.toFixed(1),
      '>= 50',
    ),
    row('incidents scrubbed: frames over 32 ms', (side) => side.moving.lateShare, percent),
    row('incidents scrubbed: frame p99', (side) => side.moving.deltas.quantile(0.99), ms),
    row('incidents scrubbed: main thread at work', (side) => side.moving.busyShare, percent),
  ]
}

const notes = (events: number, seconds: number): string[] => [
  `Incidents: a day with ${events} events of 20,000 runs of 40 agents, all in the window; peer: a day with 50 events of one run.`,
  `Zoomed by wheel and dragged to and fro without a pause for ${seconds} s, in ${ROUNDS} rounds.`,
]
