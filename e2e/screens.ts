import { expect, type Locator, type Page } from '@playwright/test'

import type { Stack } from './stack.ts'

/** A run's line in the fleet, by any text that stands on it. */
export const row = (page: Page, text: string): Locator =>
  page.getByRole('grid', { name: 'Runs' }).getByRole('row').filter({ hasText: text })

/** What the bar says to everyone, also to those who do not see its colour. */
export const freshness = (page: Page, word: RegExp | string): Locator =>
  page.getByRole('banner').getByRole('status').filter({ hasText: word })

export async function isLive(page: Page): Promise<void> {
  await expect(freshness(page, /^Live$/)).toBeAttached()
}

/** Opens a run from the fleet and waits for its page. The list is narrowed first: runs of other tests push it about. */
export async function openRun(page: Page, text: string): Promise<void> {
  const fleet = new URL(page.url())
  if (fleet.pathname === '/' && !fleet.searchParams.has('q')) {
    fleet.searchParams.set('q', text)
    await page.goto(fleet.href)
  }
  // By key: what needs a person may still be read, and then takes its place above the row.
  await row(page, text).getByRole('link').press('Enter')
  await expect(controls(page)).toBeVisible()
  await isLive(page)
}

export const needsYou = (page: Page): Locator => page.getByRole('region', { name: 'Needs you' })

/** What asks for all of it: the list is short at first. */
export const allOfThem = (page: Page): Locator =>
  needsYou(page).getByRole('button', { name: /^Show \d+/ })

/** Brings a line of what needs a person onto the screen. */
export async function bringUp(page: Page, line: Locator): Promise<void> {
  const all = allOfThem(page)
  await expect(line.or(all).first()).toBeVisible()
  if (!(await line.isVisible())) await all.click()
}

/** Goes to what an agent asks, from the list of what needs a person. */
export async function review(page: Page, agent: string): Promise<void> {
  const link = needsYou(page).getByRole('link').filter({ hasText: agent })
  await bringUp(page, link)
  await link.click()
}

/** A key answers only once it has been read what this person may answer. */
export async function pressAnswer(page: Page, key: 'a' | 'e' | 'r' | 't'): Promise<void> {
  const decision = page.getByRole('article', { name: 'Decision' })
  await expect(decision.getByRole('button', { name: /^Reject/ })).toBeVisible()
  await page.keyboard.press(key)
}

/** What is typed before it stands would go to the page. */
export async function openPalette(page: Page): Promise<void> {
  await isLive(page)
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('dialog').getByRole('combobox')).toBeFocused()
}

export const controls = (page: Page): Locator => page.getByRole('region', { name: 'Controls' })

/** Requested, delivered, acknowledged, quiesced. */
export const travel = (page: Page): Locator =>
  page.getByRole('list', { name: 'How far the request has travelled' })

export const events = (page: Page): Locator => page.getByRole('log', { name: 'Events' })

/** The state in words, as the head of a run's page says it. */
export const headState = (page: Page, word: string): Locator =>
  page.getByRole('main').locator('header').getByText(word, { exact: true })

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Where something is drawn, once it stays there: what is still being read may come above it. */
export async function boxOf(what: Locator): Promise<Box> {
  let seen: Box | null = null
  const rests = async (): Promise<boolean> => {
    const before = JSON.stringify(seen)
    seen = await what.boundingBox()
    return seen !== null && JSON.stringify(seen) === before
  }
  await expect.poll(rests).toBe(true)
  if (seen === null) throw new Error('it is not drawn')
  return seen
}

/** Presses long enough for a destructive button, as a finger does. */
export async function hold(page: Page, button: Locator, until: () => Promise<void>): Promise<void> {
  await button.hover()
  await page.mouse.down()
  try {
    await until()
  } finally {
    await page.mouse.up()
  }
}

/**
 * Every instant of the event list, in its order, read by scrolling through all of it. A virtual list shows each
 * row at its own height, so what is missing or doubled shows.
 */
async function instants(page: Page): Promise<string[]> {
  return events(page).evaluate(async (list) => {
    const seen = new Map<number, string>()
    const read = () => {
      for (const event of list.querySelectorAll('button[aria-pressed]')) {
        const top = Number(/translateY\((\d+)/.exec(event.getAttribute('style') ?? '')?.[1])
        seen.set(top, event.querySelector('time')?.dateTime ?? '')
      }
    }
    for (let at = 0; ; at += list.clientHeight / 2) {
      list.scrollTop = at
      for (let n = 0; n < 4; n += 1) await new Promise(requestAnimationFrame)
      read()
      if (at + list.clientHeight >= list.scrollHeight) break
    }
    return [...seen].toSorted(([a], [b]) => a - b).map(([, instant]) => instant)
  })
}

/** What the database has, past the server: dense sequences, and the instant of each event in microseconds. */
async function recorded(stack: Stack, run: string): Promise<string[]> {
  const { rows } = await stack.owner.query<{ micros: string; seq: string }>(
    `select (extract(epoch from at) * 1000000)::bigint::text as micros, seq::text
     from run_events where workflow_id = $1 order by run_events.seq`,
    [run],
  )
  expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => String(index + 1)))
  return rows.map(({ micros }) => micros)
}

function micros(instant: string): string {
  const fraction = /\.(\d+)/.exec(instant)?.[1] ?? ''
  return `${Math.floor(Date.parse(instant) / 1000)}${fraction.padEnd(6, '0')}`
}

/** The page comes to show every event of the run once, in order, and no other. */
export async function showsWholeHistory(page: Page, stack: Stack, run: string): Promise<void> {
  const compared = async () => {
    const shown = (await instants(page)).map(micros)
    const kept = await recorded(stack, run)
    if (shown.join() === kept.join()) return 'the same'
    const missing = kept.filter((each) => !shown.includes(each)).length
    const doubled = shown.length - new Set(shown).size
    return `${shown.length} shown, ${kept.length} recorded, ${missing} missing, ${doubled} doubled`
  }
  await expect.poll(compared).toBe('the same')
}

/** Presses "Try again" until what failed is read. It is asked for by itself, too: then the button is gone before it is pressed. */
export async function tryAgain(failed: Page | Locator, isRead: () => Promise<void>): Promise<void> {
  const again = failed.getByRole('button', { name: 'Try again' }).first()
  await expect(async () => {
    if (await again.isVisible()) await again.click({ timeout: 1000 })
    await isRead()
  }).toPass()
}
