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

/** Which pictures are wanted: of names that have one of these words in them, in places such as `phone-dark`. */
export interface Wish {
  readonly words: readonly string[]
  readonly places: readonly string[]
}

export interface Screen {
  readonly name: string
  /** Brings the page there. */
  readonly reach: (page: Page, stack: Stack) => Promise<void>
}

type Path = string | ((stack: Stack) => Promise<string>)
const resolved = async (path: Path, stack: Stack): Promise<string> =>
  stack.url + (typeof path === 'string' ? path : await path(stack))

/** A screen that is an address. */
export const open = (path: Path, name: string): Screen => ({
  name,
  reach: async (page, stack) => {
    await page.goto(await resolved(path, stack))
  },
})

/** A screen that takes some acts at an address. */
export const after = (
  path: Path,
  name: string,
  act: (page: Page, stack: Stack) => Promise<void>,
): Screen => ({
  name,
  reach: async (page, stack) => {
    await page.goto(await resolved(path, stack))
    await settled(page)
    await act(page, stack)
  },
})

/** A screen that a button of an address opens. */
export const press = (path: Path, button: RegExp | string, name: string): Screen =>
  after(path, name, async (page) => {
    await page.getByRole('button', { name: button }).first().click({ timeout: 5000 })
  })

/** A screen whose questions to the server get no answer. */
export const failing = (path: Path, name: string): Screen => ({
  name,
  reach: async (page, stack) => {
    await page.route('**/trpc/**', async (route) => route.abort())
    await page.goto(await resolved(path, stack))
    await page.getByRole('alert').first().waitFor({ timeout: 15_000 })
  },
})

export async function runThat(stack: Stack, where: string): Promise<string> {
  const { rows } = await stack.owner.query<{ id: string }>(
    `select workflow_id as id from workflow_checkpoints w where ${where} order by seq desc limit 1`,
  )
  return rows[0]?.id ?? '00000000-0000-4000-8000-000000000000'
}

/** So many seconds ago, as a part of an address. */
export const ago = (seconds: number): string =>
  encodeURIComponent(new Date(Date.now() - seconds * 1000).toISOString())

/** What is shown is there: nothing says that it is loading. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('load')
  // Until then a page that is slow to begin does not say that it is loading, either.
  await page
    .getByRole('main')
    .waitFor({ timeout: 10_000 })
    .catch(() => undefined)
  await sleep(300)
  await page
    .getByRole('status', { name: /^Loading/ })
    .first()
    .waitFor({ state: 'detached', timeout: 10_000 })
    .catch(() => undefined)
  await sleep(700)
}

const wants = (words: readonly string[], name: string): boolean =>
  words.length === 0 || words.some((word) => name.includes(word))

export const wanted = (list: readonly Screen[], { words }: Wish): readonly Screen[] =>
  list.filter(({ name }) => wants(words, name))

/** The screens that are wished for, in both themes and both sizes, each a picture in the folder of its place. */
export async function shootAll(
  browser: Browser,
  stack: Stack,
  list: readonly Screen[],
  wish: Wish,
  folder: string,
): Promise<void> {
  const some = wanted(list, wish)
  if (some.length === 0) return
  for (const colorScheme of themes) {
    for (const [size, viewport] of Object.entries(sizes)) {
      const place = `${size}-${colorScheme}`
      if (!wants(wish.places, place)) continue
      const context = await browser.newContext({
        colorScheme,
        viewport,
        hasTouch: size === 'phone',
        reducedMotion: 'reduce',
      })
      mkdirSync(join(folder, place), { recursive: true })
      await shootPlace(context, stack, some, join(folder, place))
      await context.close()
    }
  }
}

/** The others are taken all the same. */
const notTaken = (picture: string, what: string, error: unknown) =>
  process.stderr.write(`${picture}: ${what}: ${String(error).slice(0, 300)}\n`)

/** Each on a page of its own: what one has broken or covered is not in the next. */
async function shootPlace(
  context: BrowserContext,
  stack: Stack,
  list: readonly Screen[],
  place: string,
): Promise<void> {
  const first = await context.newPage()
  await first.goto(stack.signInUrl)
  await settled(first)
  // Tabs of one browser share their stream: one that stays would speak for those that are signed out.
  await first.close()
  for (const { name, reach } of list) {
    const page = await context.newPage()
    try {
      await reach(page, stack)
    } catch (error) {
      notTaken(`${place}/${name}`, 'not reached', error)
    }
    await settled(page)
    await page
      .screenshot({ path: join(place, `${name}.png`) })
      .catch((error: unknown) => notTaken(`${place}/${name}`, 'not taken', error))
    await page.close()
  }
}
