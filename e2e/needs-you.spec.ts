import { randomUUID } from 'node:crypto'

import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'

import { watchFirstRow } from './first-row.ts'
import { allOfThem, bringUp, headState, isLive, needsYou, review, row } from './screens.ts'
import type { Stack } from './stack.ts'
import type { Program } from './stack/program.ts'
import { sql } from './stack/sql-agent.ts'
import { expect, signIn, test } from './test.ts'

// What needs a person is said in few lines, and dealt with from the screen; then the agent goes on.

const says = async (agent: Program, text: string | RegExp) =>
  expect.poll(() => agent.out, { message: agent.err }).toMatch(text)

async function everyoneCanUse(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect.soft(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
}

/** A run whose worker died inside its second call; another one took it up and was held at that call. */
async function unknownOutcome(
  stack: Stack,
  name: string,
): Promise<{ run: string; worker: Program }> {
  const url = await stack.addAgent(name)
  const run = randomUUID()
  const spec = JSON.stringify({ agent: name, goal: `Count for ${name}`, runId: run, leaseMs: 2000 })
  const first = stack.sdkAgent('long-call.ts', url, spec)
  await says(first, /begun 1/)
  first.say('12')
  await says(first, /begun 2/)
  await first.kill()
  const worker = stack.sdkAgent('long-call.ts', url, spec)
  return { run, worker }
}

/** Ends the agent's runs for a reason that no other test gives: like failures of many agents share a line. */
const fail = (name: string, reason: string): string =>
  `select end_run(workflow_id, epoch, 'failed', '${reason}') from workflow_checkpoints
   where agent_id = '${name}' and parent_id is null and status <> 'failed'`

async function actionOf(stack: Stack, run: string, target: string): Promise<unknown> {
  const { rows } = await stack.owner.query<{ action: unknown }>(
    `select jsonb_build_object('state', state, 'response', response, 'by', settled_by, 'why', settled_why, 'attempt', attempt)
       as action from actions where workflow_id = $1 and target = $2`,
    [run, target],
  )
  return rows[0]?.action
}

test('an action that landed is settled from the list: the agent gets the answer and does not call again', async ({
  page,
  stack,
  agent: name,
}) => {
  const { run, worker } = await unknownOutcome(stack, name)
  await signIn(page, stack)
  const line = needsYou(page).getByRole('listitem').filter({ hasText: name })
  await bringUp(page, line)
  await expect(line).toContainText('nobody knows whether warehouse.count on shelf 2 landed')
  await line.getByRole('button', { name: 'It landed' }).click()

  const dialog = page.getByRole('dialog', { name: 'Did warehouse.count land?' })
  const known = dialog.getByRole('region', { name: 'What is known' })
  await expect(known).toContainText('shelf 2')
  await everyoneCanUse(page)
  await expect(known).toContainText('nothing: its worker was gone before the answer')
  await expect(known.getByRole('region', { name: 'What was sent' })).toContainText(/shelf:\s*2/)
  const mark = dialog.getByRole('button', { name: 'Mark as landed' })
  await expect(mark).toBeDisabled()
  await dialog
    .getByRole('textbox', { name: /How do you know/ })
    .fill('the sheet on the shelf says 17')
  await dialog.getByRole('textbox', { name: /What it answered/ }).fill('17 pieces')
  await expect(dialog).toContainText('Not JSON yet')
  await expect(mark).toBeDisabled()
  await dialog.getByRole('textbox', { name: /What it answered/ }).fill('"17"')
  await mark.click()

  await expect(dialog).toBeHidden()
  await says(worker, /begun 3/)
  expect(worker.out).not.toContain('begun 2')
  await expect(line).toHaveCount(0)
  expect(await actionOf(stack, run, 'shelf 2')).toEqual({
    state: 'confirmed',
    response: '17',
    by: 'operator:local',
    why: 'the sheet on the shelf says 17',
    attempt: 1,
  })
})

test('an action that did not land is settled on the page of its run: the agent calls again', async ({
  page,
  stack,
  agent: name,
}) => {
  const { run, worker } = await unknownOutcome(stack, name)
  await signIn(page, stack)
  await page.goto(`${stack.url}/runs/${run}`)
  await expect(headState(page, 'Paused')).toBeVisible()
  const open = page.getByRole('region', { name: 'Unknown outcomes' })
  await expect(open).toContainText('Did warehouse.count shelf 2 land?')
  await expect(page.getByRole('button', { name: 'Resume', exact: true })).toBeDisabled()
  await open.getByRole('button', { name: 'It did not land' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('radio', { name: /It did not land/ })).toBeChecked()
  await expect(dialog).toContainText('will try warehouse.count again')
  await expect(dialog.getByRole('textbox', { name: /What it answered/ })).toHaveCount(0)
  await dialog.getByRole('textbox', { name: /How do you know/ }).fill('nothing on the shelf')
  await dialog.getByRole('button', { name: 'Mark as not landed' }).click()

  await says(worker, /begun 2/)
  await expect(headState(page, 'Running')).toBeVisible()
  await expect(open).toHaveCount(0)
  expect(await actionOf(stack, run, 'shelf 2')).toMatchObject({ state: 'intended', attempt: 2 })
})

test('what is typed about an action stays when the row that asked goes away', async ({
  page,
  stack,
  agent: name,
}) => {
  const { run } = await unknownOutcome(stack, name)
  await signIn(page, stack)
  const line = needsYou(page).getByRole('listitem').filter({ hasText: name })
  await bringUp(page, line)
  await line.getByRole('button', { name: 'It did not land' }).click()
  const why = page.getByRole('dialog').getByRole('textbox', { name: /How do you know/ })
  await why.fill('nothing on the shelf')

  await stack.owner.query(`select kill_run($1, 'operator:someone', 'wrong warehouse')`, [run])
  const lane = page.locator('[aria-label="Needs you"]').filter({ hasText: name })
  await expect(lane).toHaveCount(0)
  await expect(why).toHaveValue('nothing on the shelf')
  await page.getByRole('dialog').getByRole('button', { name: 'Mark as not landed' }).click()
  await expect(page.getByRole('dialog')).toHaveCount(0)
  expect(await actionOf(stack, run, 'shelf 2')).toMatchObject({ by: 'operator:local' })
})

test('a run that used up its budget goes on when a person raises the limit', async ({
  page,
  stack,
  agent: name,
}) => {
  const url = await stack.addAgent(name)
  const run = randomUUID()
  const limits = { costUsd: 0.2 }
  const spec = { agent: name, goal: `Count for ${name}`, runId: run, leaseMs: 3000, limits }
  const worker = stack.sdkAgent('long-call.ts', url, JSON.stringify(spec))
  await signIn(page, stack)
  await review(page, name)
  await expect(headState(page, 'Paused')).toBeVisible()
  await expect(page.getByRole('main').locator('header')).toContainText('Budget exceeded')
  await expect(page.getByRole('button', { name: 'Resume', exact: true })).toBeDisabled()

  await page.getByRole('button', { name: 'Raise the limit and resume…' }).click()
  const dialog = page.getByRole('dialog')
  const money = dialog.getByRole('row', { name: /Money/ })
  await expect(money).toContainText('$0.25')
  await expect(money).toContainText('$0.20')
  await everyoneCanUse(page)
  const field = dialog.getByRole('textbox', { name: /New limit: Money/ })
  await dialog.getByRole('textbox', { name: /worth more/ }).fill('two more shelves')
  await field.fill('0.24')
  await expect(dialog).toContainText('that is used up already')
  await expect(dialog.getByRole('button', { name: 'Raise and resume' })).toBeDisabled()
  await field.fill('0.90')
  await dialog.getByRole('button', { name: 'Raise and resume' }).click()

  await says(worker, /begun 1/)
  await expect(headState(page, 'Running')).toBeVisible()
  await expect(page.getByRole('main').getByText('$0.25 / $0.90')).toBeVisible()
})

test('a loop that does not come is raised until it does, and its page says since when', async ({
  page,
  stack,
  agent: name,
}) => {
  const url = await stack.addAgent(name)
  const loop = { agentId: name, name: 'inbox', event: 'mail.arrived', expectMs: 1000, graceMs: 0 }
  await sql(url, `select declare_loop('${JSON.stringify(loop)}')`)
  await sql(
    url,
    `insert into workflow_checkpoints (agent_id, goal) values ('${name}', 'Another run')`,
  )
  // A page reads its loops now and then: it comes when there is something to read.
  const overdue = async () => {
    const { rows } = await stack.owner.query(
      'select from loops where agent_id = $1 and overdue_since is not null',
      [name],
    )
    return rows.length
  }
  await expect.poll(overdue).toBe(1)
  const firstRow = await watchFirstRow(page)
  // It is read when all else is there already.
  await page.route(/loops\.list/, async (route) => {
    await isLive(page)
    await route.continue()
  })
  await signIn(page, stack)
  const line = needsYou(page).getByRole('link').filter({ hasText: name })
  await expect(line.or(allOfThem(page)).first()).toBeVisible()
  expect(await firstRow()).toHaveLength(1)
  await bringUp(page, line)
  await expect(line).toContainText('loop inbox overdue')
  await line.click()
  const entry = page.getByRole('row').filter({ hasText: name })
  await expect(entry).toContainText('On mail.arrived, at least every 1s')
  await expect(entry).toContainText(/overdue for \d+/)
  await everyoneCanUse(page)

  const often = { ...loop, expectMs: 3_600_000 }
  await sql(url, `select declare_loop('${JSON.stringify(often)}')`)
  await sql(
    url,
    `insert into workflow_checkpoints (agent_id, loop, goal) values ('${name}', 'inbox', 'Sort the mail of ${name}')`,
  )
  await expect(entry).not.toContainText('overdue')
  await expect(entry).toContainText('1 on time')
  await entry.getByRole('link', { name: 'Its run' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Sort the mail of ${name}`)
  await expect(page.getByText('Firing of the loop')).toBeVisible()
  await page.goto(stack.url)
  await isLive(page)
  await expect(row(page, name).first()).toBeVisible()
  await expect(needsYou(page).getByRole('link').filter({ hasText: name })).toHaveCount(0)
})

test('a hundred failed runs are one line, its newest first; the list stays under thirty rows', async ({
  signedIn: page,
  stack,
  agent: name,
}) => {
  const url = await stack.addAgent(name)
  await sql(
    url,
    `insert into workflow_checkpoints (agent_id, goal, current_step)
       select '${name}', 'Load part ' || n, 'upsert_destination' from generate_series(1, 100) n;
     ${fail(name, 'TIMEOUT')};
     insert into workflow_checkpoints (agent_id, goal, current_step) values ('${name}', 'Load the last part', 'upsert_destination')`,
  )
  await sql(url, fail(name, 'TIMEOUT'))
  const group = needsYou(page).getByRole('button').filter({ hasText: name })
  await bringUp(page, group)
  await expect(group).toContainText('101 runs failed: timed out at upsert_destination')
  await expect(group).toHaveAttribute('aria-expanded', 'false')
  await group.click()
  const members = page.getByRole('list', { name: new RegExp(`${name}: 101 runs`) })
  await expect(members.getByRole('listitem').first()).toContainText('Load the last part')
  expect(await needsYou(page).getByRole('listitem').count()).toBeLessThanOrEqual(30)
  await everyoneCanUse(page)

  await members.getByRole('link', { name: /and \d+ more/ }).click()
  await expect(page).toHaveURL(new RegExp(`agent=${name}`))
  await expect(page).toHaveURL(/state=failed/)
  await expect(row(page, 'Load part').first()).toBeVisible()
  await members.getByRole('button', { name: 'Mark all 101 as seen' }).click()
  await expect(group).toHaveCount(0)
})

test('a failed run says that what it started goes on: in the list, on its page, and in its family', async ({
  signedIn: page,
  stack,
  agent: name,
}) => {
  const url = await stack.addAgent(name)
  const parent = randomUUID()
  await sql(
    url,
    `insert into workflow_checkpoints (workflow_id, agent_id, goal) values ('${parent}', '${name}', 'Plan for ${name}');
     insert into workflow_checkpoints (agent_id, parent_id, goal, current_step)
       values ('${name}', '${parent}', 'Draw a banner', 'sketch');
     ${fail(name, 'RETRY_LIMIT_REACHED')}`,
  )
  const line = needsYou(page).getByRole('link').filter({ hasText: name })
  await bringUp(page, line)
  await expect(line).toContainText('1 child still runs')
  await line.click()
  await expect(page.getByText('This run failed, but 1 of its children still runs.')).toBeVisible()
  const family = page.getByRole('list', { name: 'Family' })
  await everyoneCanUse(page)
  await expect(family.getByRole('listitem').nth(1)).toContainText(/Running\s*Draw a banner.*sketch/)
  await sql(
    url,
    `update workflow_checkpoints set status = 'complete' where parent_id = '${parent}'`,
  )
  await expect(family.getByRole('listitem').nth(1)).toContainText('Complete')
  await expect(page.getByText('children still run')).toHaveCount(0)
  // By itself: among the runs of other tests its row may lie below the window.
  await page.goto(`${stack.url}/?agent=${name}`)
  await expect(row(page, `Plan for ${name}`)).toBeVisible()
  // It was opened, and nothing of it goes on.
  await expect(needsYou(page).getByRole('link').filter({ hasText: name })).toHaveCount(0)
})
