import { setTimeout as sleep } from 'node:timers/promises'

import type { Page } from '@playwright/test'

import { Samples } from '../samples.ts'
import type { Renderer } from './chromium.ts'

/** How smoothly a page drew over some slices. */
export class Smoothness {
  readonly deltas = new Samples()
  readonly longTasks = new Samples()
  seconds = 0
  busy = 0
  #late = 0

  add(deltas: readonly number[], longTasks: readonly number[]): void {
    for (const delta of deltas) {
      this.deltas.add(delta)
      this.seconds += delta / 1000
      if (delta > LATE_MS) this.#late += 1
    }
    for (const task of longTasks) this.longTasks.add(task)
  }

  get fps(): number {
    return this.deltas.count / this.seconds
  }

  /** Share of frames (0 to 1) that came later than two of a 60 Hz display. */
  get lateShare(): number {
    return this.#late / this.deltas.count
  }

  /** Share of the time (0 to 1) that the main thread worked. */
  get busyShare(): number {
    return this.busy / this.seconds
  }
}

const LATE_MS = 32

interface Watched {
  smoothness?: { deltas: number[]; longTasks: number[]; stop: boolean }
}

interface Meanwhile {
  readonly seconds: number
  readonly scrolling?: boolean
  /** What is done to the page until a time (ms, of `performance`). */
  readonly doing?: (until: number) => Promise<void>
}

/** Counts the page's animation frames for so many seconds, while it stands still, is scrolled, or `doing` goes on. */
export async function watchFrames(
  page: Page,
  renderer: Renderer,
  into: Smoothness,
  { seconds, scrolling = false, doing }: Meanwhile,
): Promise<void> {
  await page.evaluate(begin)
  const before = await renderer.busySeconds()
  if (doing !== undefined) await doing(performance.now() + seconds * 1000)
  else await (scrolling ? renderer.scroll(seconds) : sleep(seconds * 1000))
  into.busy += (await renderer.busySeconds()) - before
  const { deltas, longTasks } = await page.evaluate(end)
  into.add(deltas, longTasks)
}

function begin(): void {
  const watched = globalThis as Watched
  const frames = { deltas: [] as number[], longTasks: [] as number[], stop: false }
  watched.smoothness = frames
  let last: number | undefined
  const tick = (at: number): void => {
    if (frames.stop) return
    if (last !== undefined) frames.deltas.push(at - last)
    last = at
    requestAnimationFrame(tick)
  }
  requestAnimationFrame(tick)
  const tasks = new PerformanceObserver((list) => {
    if (frames.stop) tasks.disconnect()
    else for (const { duration } of list.getEntries()) frames.longTasks.push(duration)
  })
  tasks.observe({ type: 'longtask' })
}

function end(): { deltas: number[]; longTasks: number[] } {
  const { smoothness: frames } = globalThis as Watched
  if (frames === undefined) return { deltas: [], longTasks: [] }
  frames.stop = true
  return { deltas: frames.deltas, longTasks: frames.longTasks }
}
