import { expect, type Locator, type Page } from '@playwright/test'

import { isLive } from './screens.ts'
import type { Stack } from './stack.ts'
import type { Night } from './stack/night.ts'

export const timeline = (page: Page): Locator => page.getByRole('region', { name: 'Timeline' })
export const agents = (page: Page): Locator => timeline(page).getByRole('list', { name: 'Agents' })
export const story = (page: Page): Locator => page.getByRole('list', { name: 'In order' })
export const moments = (page: Page): Locator => timeline(page).getByRole('table')
export const readOut = (page: Page): Locator => timeline(page).locator('[aria-live=polite]')
export const shown = (page: Page): Locator => page.getByTestId('shown')

const nightOf = ({ books, scout, courier, refunds }: Night): string =>
  [books, scout, courier, refunds].join()

/** Opens the window that has the whole night, of its agents. */
export async function openNight(page: Page, stack: Stack, night: Night, more = ''): Promise<void> {
  await page.goto(`${stack.url}/incidents?from=-1h&agent=${nightOf(night)}${more}`)
  await isLive(page)
  await expect(story(page).getByRole('listitem').first()).toBeVisible()
}
