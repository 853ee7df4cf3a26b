import { type Browser, type CDPSession, chromium, type Page } from '@playwright/test'

import { findBrowser } from '../../e2e/browser.ts'

export const launch = async (): Promise<Browser> =>
  chromium.launch({
    ...findBrowser(),
    args: ['--disable-dev-shm-usage', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  })

export const openPage = async (browser: Browser): Promise<Page> =>
  browser.newPage({ viewport: { width: 1440, height: 900 } })

const MB = 1024 * 1024

/** What one page's renderer says of itself. */
export class Renderer {
  readonly #cdp: CDPSession

  private constructor(cdp: CDPSession) {
    this.#cdp = cdp
  }

  static async of(page: Page): Promise<Renderer> {
    const cdp = await page.context().newCDPSession(page)
    await cdp.send('Performance.enable')
    await cdp.send('HeapProfiler.enable')
    return new Renderer(cdp)
  }

  /** MB that the page's script holds once everything unreachable is gone. */
  async heapAfterGc(): Promise<number> {
    // The first collection runs finalizers, whose objects only the second can free.
    await this.#cdp.send('HeapProfiler.collectGarbage')
    await this.#cdp.send('HeapProfiler.collectGarbage')
    return (await this.#metric('JSHeapUsedSize')) / MB
  }

  /** Seconds of work on the page's main thread since it was made. */
  async busySeconds(): Promise<number> {
    return this.#metric('TaskDuration')
  }

  /** Scrolls as a wheel does, down and back up again, for so many seconds. */
  async scroll(seconds: number): Promise<void> {
    const until = performance.now() + seconds * 1000
    for (let down = true; performance.now() < until; down = !down) {
      const left = (until - performance.now()) / 1000
      const distance = SCROLL_SPEED * Math.min(left, 1)
      await this.#cdp.send('Input.synthesizeScrollGesture', {
        x: 700,
        y: 600,
        yDistance: down ? -distance : distance,
        speed: SCROLL_SPEED,
        gestureSourceType: 'mouse',
        preventFling: true,
      })
    }
  }

  async #metric(name: string): Promise<number> {
    const { metrics } = await this.#cdp.send('Performance.getMetrics')
    return metrics.find((metric) => metric.name === name)?.value ?? Number.NaN
  }
}

/** Pixels per second: a page of rows in a quarter of a second. */
const SCROLL_SPEED = 3000
