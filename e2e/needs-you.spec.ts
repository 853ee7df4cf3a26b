import { randomUUID } from 'node:crypto'

import { everyoneCanUse } from './everyone.ts'
import { watchFirstRow } from './first-row.ts'
import { allOfThem, bringUp, headState, isLive, needsYou, review, row } from './screens.ts'
import { says } from './stack/says.ts'
import { sql } from './stack/sql-agent.ts'
import { expect, signIn, test } from './test.ts'

// What needs a person is said in few lines.

/** Ends the agent's runs for a reason that no other test gives: like failures of many agents share a line. */
const fail = (name: string, reason: string): string =>
  `select end_run(workflow_id, epoch, 'failed', '${reason}') from workflow_checkpoints
   where agent_id = '${name}' and parent_id is null and status <> 'failed'`

test('a run that used up its budget goes on when a person raises the limit', async ({
  page,
  stack,
  agent: name,
}) => {
  const url = await stack.addAgent(name)
  const run = randomUUID()
  const limits = { costUsd: 0.2 }
  const spec = { agent: name, goal: `Count for ${name}`, runId: run, leaseMs: 30_000, limits }
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
  const firstRow = await watchFirstRow(page, name)
  await signIn(page, stack)
  const line = needsYou(page).getByRole('link').filter({ hasText: name })
  await expect(line.or(allOfThem(page)).first()).toBeVisible()
  await expect.poll(async () => (await firstRow()).with).toBeGreaterThan(0)
  expect((await firstRow()).without).toBe(0)
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
