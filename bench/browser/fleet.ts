import type { Browser, Page } from '@playwright/test'

import type { BenchDatabase } from '../bench-database.ts'
import type { Console } from '../console.ts'
import type { Row } from '../report.ts'
import { mb, ms, percent, perSecond, Samples, times } from '../samples.ts'
import { openPage, Renderer } from './chromium.ts'
import { EventWriters } from './event-writers.ts'
import { fillFleet } from './fill.ts'
import { Smoothness, watchFrames } from './frames.ts'
import { commitToRow } from './mark.ts'
import { plainRows } from './plain-rows.ts'

const RUNS = 10_000
const RATE = 2000
const ROUNDS = 3

type Side = 'live' | 'quiet' | 'plain'

interface Measured {
  readonly still: Smoothness
  readonly scrolling: Smoothness
  readonly heap: Samples
  /** From navigation to the first rows, on sides that load any. */
  readonly open: Samples
  /** From a commit to the row that shows it, meanwhile. */
  readonly behind: Samples
}

const nothing = (): Measured => ({
  still: new Smoothness(),
  scrolling: new Smoothness(),
  heap: new Samples(),
  open: new Samples(),
  behind: new Samples(),
})

/** 10,000 live rows at 2,000 events/s, beside the same page without events and a bare page with as many rows. */
export async function fleet(
  { agentUrl }: BenchDatabase,
  { origin }: Console,
  browser: Browser,
  page: Page,
  seconds: number,
): Promise<{ rows: Row[]; notes: string[] }> {
  const runs = await fillFleet(agentUrl, RUNS)
  const writers = new EventWriters(agentUrl, runs)
  await writers.open()
  const sides = { live: nothing(), quiet: nothing(), plain: nothing() }
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const side of ['plain', 'live', 'quiet'] as const) {
        if (side !== 'quiet') writers.start(RATE)
        if (side === 'plain') await plain(browser, sides.plain, seconds / ROUNDS)
        else {
          await console(page, origin, sides[side], seconds / ROUNDS)
          await commitToRow(page, agentUrl, (ms) => sides[side].behind.add(ms))
        }
        await writers.stop()
      }
    }
  } finally {
    await writers.close()
  }
  return { rows: rowsOf(sides), notes: notes(writers.rate, seconds) }
}

async function console(page: Page, origin: string, into: Measured, seconds: number): Promise<void> {
  await page.goto('about:blank')
  const began = performance.now()
  await page.goto(origin)
  await page.locator('[data-run]').first().waitFor({ timeout: 60_000 })
  into.open.add(performance.now() - began)
  await measure(page, into, seconds)
}

/** The same load on the machine, and a page of its own. */
async function plain(browser: Browser, into: Measured, seconds: number): Promise<void> {
  const page = await openPage(browser)
  await page.setContent(plainRows(RUNS))
  await measure(page, into, seconds)
  await page.close()
}

async function measure(page: Page, into: Measured, seconds: number): Promise<void> {
  const renderer = await Renderer.of(page)
  // What loading left behind is not what is asked about.
  await page.waitForTimeout(1500)
  await watchFrames(page, renderer, into.still, { seconds, scrolling: false })
  await watchFrames(page, renderer, into.scrolling, { seconds, scrolling: true })
  await page.mouse.move(5, 5)
  into.heap.add(await renderer.heapAfterGc())
}

function rowsOf(sides: Readonly<Record<Side, Measured>>): Row[] {
  const { live, quiet, plain } = sides
  const beside = (
    what: string,
    read: (side: Measured) => number,
    show: (value: number) => string,
    goal?: string,
  ): Row => ({
    what,
    ours: show(read(live)),
    beside: [quiet, plain].map((side) => ({
      value: show(read(side)),
      ratio: times(read(live) / read(side)),
    })),
    ...(goal !== undefined && { goal }),
  })
  const motions = (['still', 'scrolling'] as const).flatMap((motion) => [
    beside(
      `${motion}: frames per second`,
      (side) => side[motion].fps,
      (n) => n.toFixed(1),
      '>= 58',
    ),
    beside(`${motion}: frames over 32 ms`, (side) => side[motion].lateShare, percent, '< 1%'),
    beside(`${motion}: frame p99`, (side) => side[motion].deltas.quantile(0.99), ms),
    beside(
      `${motion}: long tasks (> 50 ms) per minute`,
      (side) => (side[motion].longTasks.count * 60) / side[motion].seconds,
      (n) => n.toFixed(1),
    ),
    beside(`${motion}: main thread at work`, (side) => side[motion].busyShare, percent),
  ])
  const ofOurs = (what: string, read: (side: Measured) => number): Row => ({
    what,
    ours: ms(read(live)),
    beside: [{ value: ms(read(quiet)), ratio: times(read(live) / read(quiet)) }, undefined],
  })
  return [
    ...motions,
    beside('script heap after GC', (side) => side.heap.quantile(0.5), mb),
    ofOurs('navigation to first rows p50', (side) => side.open.quantile(0.5)),
    ofOurs('commit to the row drawn p50', (side) => side.behind.quantile(0.5)),
    ofOurs('commit to the row drawn max', (side) => side.behind.quantile(1)),
  ]
}

const notes = (rate: number, seconds: number): string[] => [
  `Fleet: ${RUNS} running rows; agents' UPDATEs (20 rows a transaction, 2 connections) made ${perSecond(rate)} events,`,
  `wanted ${RATE}/s. Fleet page in Chromium, 1440x900, ${seconds} s still and ${seconds} s scrolled by wheel at 3,000 px/s, in ${ROUNDS} rounds.`,
  '"no events": the same page while nobody writes. "plain rows": a bare page that windows as many rows without a',
  'framework or a stream, while the same writers write. Frames: requestAnimationFrame of the page.',
  'Database, writers, server and the browser (which draws on the processor) share the machine.',
]
