import type { Page } from '@playwright/test'

/** Looks at the first row of the fleet in each frame that is drawn, from now on. @returns where it was seen, in px */
export async function watchFirstRow(page: Page): Promise<() => Promise<number[]>> {
  await page.addInitScript(() => {
    const tops: number[] = []
    Object.assign(window, { firstRowTops: tops })
    const look = () => {
      const row = document.querySelector('[role=grid] [data-run]')
      const top = row?.getBoundingClientRect().top
      const seen = row?.checkVisibility({ visibilityProperty: true }) === true
      if (seen && top !== undefined && !tops.includes(top)) tops.push(top)
      requestAnimationFrame(look)
    }
    look()
  })
  return async () =>
    page.evaluate(() => (window as unknown as { firstRowTops: number[] }).firstRowTops)
}
