import { expect, type Locator, type Page } from '@playwright/test'

import { events, isLive } from './screens.ts'
import type { Stack } from './stack.ts'
import { longRun, type LongRun } from './stack/long-run.ts'
import { admit } from './test.ts'

// The page of a run of 50,000 events.
export const many = 50_000

interface Written {
  readonly run: LongRun
  /** The agent's own connection. */
  readonly url: string
}

/** Its 50,000 events take a while to write. */
const read = new WeakMap<Stack, Promise<Written>>()

function toRead(stack: Stack): Promise<Written> {
  const known = read.get(stack) ?? written(stack, 'shelf-reader')
  read.set(stack, known)
  return known
}

async function written(stack: Stack, agent: string): Promise<Written> {
  const url = await stack.addAgent(agent)
  return { run: await longRun(stack, agent, many), url }
}

async function open(page: Page, stack: Stack, { run }: Written, search = ''): Promise<void> {
  await admit(page, stack)
  await page.goto(`${stack.url}/runs/${run.id}${search}`)
  await isLive(page)
  await expect(rows(page).first()).toBeVisible()
}

export async function opened(page: Page, stack: Stack, search = ''): Promise<Written> {
  const one = await toRead(stack)
  await open(page, stack, one, search)
  return one
}

/** A run of its own, for a test in which it goes on. */
export async function openedAlone(
  page: Page,
  stack: Stack,
  agent: string,
  search = '',
): Promise<Written> {
  const one = await written(stack, agent)
  await open(page, stack, one, search)
  return one
}

export const rows = (page: Page): Locator => events(page).getByRole('button')
export const bars = (page: Page): Locator => page.getByRole('list', { name: 'Steps and actions' })
export const row = (page: Page, seq: number): Locator =>
  events(page).getByTitle(`Event ${seq.toLocaleString('en')}`, { exact: true })
