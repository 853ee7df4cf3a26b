import type { Locator, Page } from '@playwright/test'

declare global {
  interface HTMLCanvasElement {
    /** What was written since it was last cleared. */
    written?: string[]
  }
}

/** What a canvas says is in no document: from here on each keeps the words that are drawn on it. For the pages to come. */
export async function keepWords(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const ink = CanvasRenderingContext2D.prototype
    const before = (what: string, act: (canvas: HTMLCanvasElement, said: string) => void) => {
      const draw: unknown = Object.getOwnPropertyDescriptor(ink, what)?.value
      if (typeof draw !== 'function') throw new TypeError(`a canvas has no ${what}`)
      const watched = new Proxy(draw, {
        apply(_, context: CanvasRenderingContext2D, given: unknown[]) {
          const { canvas } = context
          if (canvas instanceof HTMLCanvasElement) act(canvas, String(given[0]))
          Reflect.apply(draw, context, given)
        },
      })
      Object.defineProperty(ink, what, { value: watched })
    }
    before('clearRect', (canvas) => (canvas.written = []))
    before('fillText', (canvas, said) => canvas.written?.push(said))
  })
}

/** The words that are drawn on the canvases within something, as they stand. */
export const drawnWords = async (within: Locator): Promise<string[]> =>
  within
    .locator('canvas')
    .evaluateAll((all) =>
      all.flatMap((canvas) => (canvas instanceof HTMLCanvasElement ? (canvas.written ?? []) : [])),
    )
