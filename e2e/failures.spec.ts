import type { Page } from '@playwright/test'

import { freshness, headState, isLive, openRun, row, showsWholeHistory } from './screens.ts'
import type { Stack } from './stack.ts'
import type { Program } from './stack/program.ts'
import { sql } from './stack/sql-agent.ts'
import { Wire } from './stack/wire.ts'
import { expect, lostConnection, signIn, test } from './test.ts'

// Anything may die at any moment: the bar says so, old rows do not pass for live ones, and afterwards every
// event is there once.

const bar = (page: Page) => page.getByRole('banner')
const serverError = /status of 50\d/

async function busyRun(stack: Stack, agent: string): Promise<{ run: string; program: Program }> {
  const url = await stack.addAgent(agent)
  const run = crypto.randomUUID()
  const spec = { agent, goal: `Keep busy as ${agent}`, runId: run, leaseMs: 2000 }
  return { run, program: stack.sdkAgent('five-lines.ts', url, JSON.stringify(spec)) }
}

const eventsOf = async (stack: Stack, run: string): Promise<number> => {
  const { rows } = await stack.owner.query<{ n: number }>(
    'select seq::integer as n from workflow_checkpoints where workflow_id = $1',
    [run],
  )
  return rows[0]?.n ?? 0
}

/** Waits until the agent has gone on for a while, whatever the screen shows. */
async function goesOn(stack: Stack, run: string): Promise<void> {
  const before = await eventsOf(stack, run)
  await expect.poll(async () => eventsOf(stack, run).catch(() => 0)).toBeGreaterThan(before + 6)
}

/** Stops the work, so that the history holds still, and compares all of it. */
async function comparesAtRest(
  page: Page,
  stack: Stack,
  run: string,
  program: Program,
): Promise<void> {
  await program.stop()
  await isLive(page)
  await showsWholeHistory(page, stack, run)
}

async function throughWire(page: Page, stack: Stack): Promise<Wire> {
  const wire = await Wire.to(stack.port)
  await page.goto(stack.signInUrl.replace(String(stack.port), String(wire.port)))
  await isLive(page)
  return wire
}

test('the stream is cut again and again: no event is missing or doubled', async ({
  page,
  stack,
  agent,
  provokes,
}) => {
  provokes.push(lostConnection)
  const { run, program } = await busyRun(stack, agent)
  const wire = await throughWire(page, stack)
  await openRun(page, agent)
  for (let cut = 0; cut < 5; cut += 1) {
    await goesOn(stack, run)
    wire.cut()
  }
  await comparesAtRest(page, stack, run, program)
  await wire.close()
})

test('while the network is down the bar says since when and of when; then the page catches up', async ({
  page,
  stack,
  agent,
  provokes,
}) => {
  provokes.push(lostConnection)
  const { run, program } = await busyRun(stack, agent)
  const wire = await throughWire(page, stack)
  await openRun(page, agent)
  wire.down()
  await expect(freshness(page, 'Disconnected; what is shown is old')).toBeAttached()
  await expect(bar(page)).toContainText(/disconnected \d+\w* ago, showing \d\d:\d\d:\d\d/)
  await goesOn(stack, run)
  await expect(bar(page)).not.toContainText(/\blive\b/)
  wire.up()
  await comparesAtRest(page, stack, run, program)
  await wire.close()
})

test('a silent network is not taken for a quiet fleet', async ({
  page,
  stack,
  agent,
  provokes,
}) => {
  provokes.push(lostConnection)
  const { run, program } = await busyRun(stack, agent)
  const wire = await throughWire(page, stack)
  await openRun(page, agent)
  wire.stall()
  await expect(freshness(page, 'Disconnected; what is shown is old')).toBeAttached()
  await goesOn(stack, run)
  wire.up()
  await comparesAtRest(page, stack, run, program)
  await wire.close()
})

test('the server is killed and comes back: people stay signed in, nothing is missing', async ({
  page,
  fragile,
  provokes,
}) => {
  provokes.push(lostConnection, serverError)
  const { run, program } = await busyRun(fragile, 'tireless')
  await signIn(page, fragile)
  await openRun(page, 'tireless')
  await fragile.crash()
  await expect(freshness(page, 'Disconnected; what is shown is old')).toBeAttached()
  // Agents depend on the database alone.
  await goesOn(fragile, run)
  await fragile.begin()
  await isLive(page)
  await goesOn(fragile, run)
  await comparesAtRest(page, fragile, run, program)
  expect(fragile.printed.err).toContain('Took over the database')
})

test('the database is killed and comes back by itself: the bar says which part is away', async ({
  page,
  fragile,
  provokes,
}) => {
  provokes.push(lostConnection, serverError)
  const { run, program } = await busyRun(fragile, 'tireless')
  await signIn(page, fragile)
  await openRun(page, 'tireless')
  await goesOn(fragile, run)
  const killed = fragile.postmaster
  await fragile.killPostgres()
  await expect(
    freshness(page, 'The database cannot be reached; what is shown is old'),
  ).toBeAttached()
  await expect(bar(page)).toContainText(/database unreachable, showing \d\d:\d\d:\d\d/)
  await isLive(page)
  expect(fragile.postmaster).not.toBe(killed)
  await goesOn(fragile, run)
  await comparesAtRest(page, fragile, run, program)
})

test('an agent is killed in the middle of a step: the run is lost, says what was in flight, and is held where it goes on', async ({
  page,
  stack,
  agent,
}) => {
  const url = await stack.addAgent(agent)
  const run = crypto.randomUUID()
  const spec = JSON.stringify({ agent, goal: `Count for ${agent}`, runId: run, leaseMs: 2000 })
  const first = stack.sdkAgent('long-call.ts', url, spec)
  await expect.poll(() => first.out).toContain('begun 1')
  first.say('12')
  await expect.poll(() => first.out).toContain('begun 2')
  await signIn(page, stack)
  await first.kill()

  const needsYou = page.getByRole('region', { name: 'Needs you' }).getByRole('link')
  const line = needsYou.filter({ hasText: agent })
  await expect(line).toContainText(
    'worker lost, warehouse.count shelf 2 in flight, outcome unknown',
  )
  await line.click()
  await expect(headState(page, 'Lost')).toBeVisible()
  await expect(page.getByRole('main')).toContainText('Check what was in flight')

  const second = stack.sdkAgent('long-call.ts', url, spec)
  // The step that was confirmed is not done again; the one of unknown outcome is not retried by itself.
  await expect(headState(page, 'Paused')).toBeVisible()
  await expect(page.getByRole('main').locator('header')).toContainText('Outcome unknown')
  expect(second.out).not.toContain('begun')
  await showsWholeHistory(page, stack, run)
})

test('a frozen server is not shown as live', async ({ page, fragile, provokes }) => {
  provokes.push(lostConnection, serverError)
  const url = await fragile.addAgent('waiting-agent')
  await signIn(page, fragile)
  fragile.freeze()
  await expect(freshness(page, 'Disconnected; what is shown is old')).toBeAttached()
  await sql(
    url,
    `insert into workflow_checkpoints (agent_id, current_step) values ('waiting-agent', 'step_1')`,
  )
  fragile.thaw()
  await isLive(page)
  await expect(row(page, 'waiting-agent')).toContainText('step_1')
})

test('while the server is away, screens that were not open before still open, and say so', async ({
  page,
  stack,
  provokes,
}) => {
  provokes.push(lostConnection)
  const wire = await throughWire(page, stack)
  // The code of all screens has come once the first one stood.
  const fetched = async () =>
    page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .map(({ name }) => name)
        .join(),
    )
  await expect.poll(fetched).toMatch(/audit-.*KeyMap|KeyMap.*audit-/)
  wire.down()
  await expect(freshness(page, 'Disconnected; what is shown is old')).toBeAttached()
  await page.keyboard.press('4')
  await expect(page).toHaveURL(/\/audit$/)
  await expect(page.getByRole('alert').first()).toContainText('The server could not be reached.')
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible()
  await wire.close()
})
