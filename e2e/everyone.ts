import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

/** What axe finds, each with the elements that it finds it in. */
async function violationsOf(page: Page, rules: readonly string[]): Promise<string[]> {
  const axe = new AxeBuilder({ page })
  const { violations } = await (rules.length === 0 ? axe : axe.withRules([...rules])).analyze()
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join('\n    ')}`,
  )
}

/** Everyone can use what the page shows (axe). Told of all places of a test, not of the first alone. */
export async function everyoneCanUse(
  page: Page,
  place = page.url(),
  ...rules: readonly string[]
): Promise<void> {
  expect.soft(await violationsOf(page, rules), place).toEqual([])
}

/** Nothing is wider than the screen. */
export async function fits(page: Page): Promise<void> {
  expect(
    await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
  ).toBeLessThanOrEqual(0)
}
