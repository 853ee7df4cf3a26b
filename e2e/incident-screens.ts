import { expect, type Locator, type Page } from '@playwright/test'

import { isLive } from './screens.ts'
import type { Stack } from './stack.ts'

export const timeline = (page: Page): Locator => page.getByRole('region', { name: 'Timeline' })
export const agents = (page: Page): Locator => timeline(page).getByRole('list', { name: 'Agents' })
export const story = (page: Page): Locator => page.getByRole('list', { name: 'In order' })
export const moments = (page: Page): Locator => timeline(page).getByRole('table')
export const readOut = (page: Page): Locator => timeline(page).locator('[aria-live=polite]')
export const shown = (page: Page): Locator => page.getByTestId('shown')

/** As one who was not there finds it: the last hour, of all agents that are called like the night's. */
export async function findNight(page: Page, stack: Stack, like: string): Promise<void> {
  await page.goto(stack.url)
  await isLive(page)
  await page.keyboard.press('5')
  await page.getByRole('button', { name: '1 h', exact: true }).click()
  await page.getByRole('button', { name: 'All agents' }).click()
  const menu = page.getByRole('dialog', { name: 'Agents' })
  await menu.getByRole('textbox', { name: 'Find an agent' }).fill(like)
  const found = menu.getByRole('checkbox')
  await expect(found.first()).toBeVisible()
  for (const agent of await found.all()) await agent.check()
  await page.keyboard.press('Escape')
  await expect(menu).toBeHidden()
  await expect(story(page).getByRole('listitem').first()).toBeVisible()
}

let found: string | undefined

/** Opens what was found again: a person keeps the link. */
export async function openNight(page: Page, stack: Stack, more = ''): Promise<void> {
  if (found === undefined) {
    await findNight(page, stack, 'night-')
    found = new URL(page.url()).search
  }
  await page.goto(`${stack.url}/incidents${found}${more}`)
  await isLive(page)
  await expect(story(page).getByRole('listitem').first()).toBeVisible()
}
