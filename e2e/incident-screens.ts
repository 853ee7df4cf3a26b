import { expect, type Locator, type Page } from '@playwright/test'

import { isLive } from './screens.ts'
import type { Stack } from './stack.ts'
import { stageNight, type Night } from './stack/night.ts'

export const timeline = (page: Page): Locator => page.getByRole('region', { name: 'Timeline' })
export const agents = (page: Page): Locator => timeline(page).getByRole('list', { name: 'Agents' })
export const story = (page: Page): Locator => page.getByRole('list', { name: 'In order' })
export const moments = (page: Page): Locator => timeline(page).getByRole('table')
export const readOut = (page: Page): Locator => timeline(page).locator('[aria-live=polite]')
export const shown = (page: Page): Locator => page.getByTestId('shown')

/** Opens the last hour, of all agents that are called alike, as one who was not there finds it. */
async function find(page: Page, stack: Stack, like: string): Promise<void> {
  await page.goto(stack.url)
  await isLive(page)
  await page.keyboard.press('5')
  const window = page.getByRole('button', { name: /^Window:/ })
  await expect(window).toBeVisible()
  const hour = page.getByRole('button', { name: '1 h', exact: true })
  // On a phone it is in the menu.
  const inMenu = !(await hour.isVisible())
  if (inMenu) await window.click()
  await hour.click()
  if (inMenu) await page.keyboard.press('Escape')
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

/** A night that is staged once for the tests of a file, and what a reader does to see it. */
export function nightOf(name: string) {
  let staging: Promise<Night> | undefined
  let link: string | undefined
  const night = {
    staged: async (stack: Stack): Promise<Night> => (staging ??= stageNight(stack, name)),
    find: async (page: Page, stack: Stack): Promise<void> => {
      await find(page, stack, `${name}-`)
      link = new URL(page.url()).search
    },
    /** Opens it again, as who has found it keeps the link. */
    open: async (page: Page, stack: Stack, more = ''): Promise<void> => {
      if (link === undefined) await night.find(page, stack)
      await page.goto(`${stack.url}/incidents${link}${more}`)
      await isLive(page)
      await expect(story(page).getByRole('listitem').first()).toBeVisible()
    },
  }
  return night
}
