import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import type { Browser, BrowserContext, Page } from '@playwright/test'

import type { Stack } from './stack.ts'

const sizes = {
  desk: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
} as const
const themes = ['dark', 'light'] as const

type Shoot = (name: string) => Promise<void>
export type Screen = (page: Page, shoot: Shoot, stack: Stack) => Promise<void>

/** A screen that is an address. */
export const open =
  (path: string | ((stack: Stack) => Promise<string>), name: string): Screen =>
  async (page, shoot, stack) => {
    await page.goto(stack.url + (typeof path === 'string' ? path : await path(stack)))
    await shoot(name)
  }

/** A screen that a button of an address opens. */
export const press =
  (path: string, button: RegExp | string, name: string): Screen =>
  async (page, shoot, stack) => {
    await page.goto(stack.url + path)
    await page.getByRole('button', { name: button }).first().click({ timeout: 5000 })
    await shoot(name)
  }

/** A screen whose questions to the server get no answer. */
export const failing =
  (path: string, name: string): Screen =>
  async (page, shoot, stack) => {
    await page.route('**/trpc/**', async (route) => route.abort())
    try {
      await page.goto(stack.url + path)
      await page.getByRole('alert').first().waitFor({ timeout: 15_000 })
      await shoot(name)
    } finally {
      await page.unroute('**/trpc/**')
    }
  }

export async function runThat(stack: Stack, where: string): Promise<string> {
  const { rows } = await stack.owner.query<{ id: string }>(
    `select workflow_id as id from workflow_checkpoints w where ${where} order by seq desc limit 1`,
  )
  return rows[0]?.id ?? '00000000-0000-4000-8000-000000000000'
}

/** What is shown is there: nothing says that it is loading. */
export async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('load')
  await page
    .getByRole('status', { name: /^Loading/ })
    .waitFor({ state: 'detached', timeout: 10_000 })
    .catch(() => undefined)
  await sleep(700)
}

/** Every screen in both themes and both sizes, each a picture in the folder of its theme and size. */
export async function shootAll(
  browser: Browser,
  stack: Stack,
  list: readonly Screen[],
  folder: string,
): Promise<void> {
  for (const colorScheme of themes) {
    for (const [size, viewport] of Object.entries(sizes)) {
      const context = await browser.newContext({
        colorScheme,
        viewport,
        hasTouch: size === 'phone',
        reducedMotion: 'reduce',
      })
      const place = join(folder, `${size}-${colorScheme}`)
      mkdirSync(place, { recursive: true })
      await shootOne(context, stack, list, place)
      await context.close()
    }
  }
}

async function shootOne(
  context: BrowserContext,
  stack: Stack,
  list: readonly Screen[],
  place: string,
): Promise<void> {
  const page = await context.newPage()
  await page.goto(stack.signInUrl)
  await settled(page)
  for (const screen of list) {
    const shoot: Shoot = async (name) => {
      await settled(page)
      await page.screenshot({ path: join(place, `${name}.png`) })
    }
    await screen(page, shoot, stack).catch((error: unknown) =>
      process.stderr.write(`${place}: ${String(error).slice(0, 300)}\n`),
    )
  }
}
