import { Client } from 'pg'

import { everyoneCanUse } from './everyone.ts'
import { signInAs } from './people.ts'
import { command } from './requests.ts'
import { controls, headState, hold, openRun } from './screens.ts'
import { refusal, sql } from './stack/sql-agent.ts'
import { expect, test } from './test.ts'

const start = (agent: string): string =>
  `insert into workflow_checkpoints (agent_id, goal, current_step) values ('${agent}', 'Work of ${agent}', 'step_1')
   returning workflow_id`

test('isolating an agent locks its login and ends its connections; releasing brings it back', async ({
  signedIn: page,
  stack,
  agent,
}) => {
  const url = await stack.addAgent(agent)
  const [[run] = []] = await sql(url, start(agent))
  const connected = new Client({ connectionString: url })
  const cut = new Promise((resolve) => connected.on('error', resolve))
  await connected.connect()

  await page.keyboard.press('3')
  const line = page.getByRole('row').filter({ hasText: agent })
  await expect(line).toContainText(`agent_${agent}`)
  await line.getByRole('button', { name: 'Isolate…' }).click()
  await page.getByRole('textbox', { name: 'Reason' }).fill('it mails customers')
  await hold(page, page.getByRole('button', { name: 'Isolate (hold)' }), async () =>
    expect(line.getByText('Isolated')).toBeVisible(),
  )
  expect(String(await cut)).toMatch(/terminat/)
  expect(await refusal(url, 'select 1')).toMatch(/not permitted to log in/)
  await page.goto(`${stack.url}/runs/${run}`)
  await expect(headState(page, 'Paused')).toBeVisible()
  await expect(page.getByRole('main')).toContainText('Agent isolated · it mails customers')
  await expect(controls(page).getByRole('button', { name: 'Resume' })).toBeDisabled()

  await page.goto(`${stack.url}/agents`)
  await line.getByRole('button', { name: 'Release…' }).click()
  await page.getByRole('textbox', { name: 'Reason' }).fill('template fixed')
  await page.getByRole('button', { name: `Release ${agent}` }).click()
  await expect(line.getByText('Isolated')).toHaveCount(0)
  await sql(
    url,
    `update workflow_checkpoints set current_step = 'step_2' where workflow_id = '${run}'`,
  )
  await page.goto(`${stack.url}/runs/${run}`)
  await expect(headState(page, 'Running')).toBeVisible()

  await page.goto(`${stack.url}/audit?agent=${agent}`)
  for (const deed of [
    `isolated agent ${agent}`,
    `ended the sessions of agent ${agent}`,
    `released agent ${agent}`,
    `held Work of ${agent}`,
    `let go of Work of ${agent}`,
  ])
    await expect(page.getByRole('row', { name: `local ${deed}` })).toBeVisible()
})

test('a control that waits behind an open transaction names the session, its age, and offers to end it', async ({
  signedIn: page,
  stack,
  agent,
  provokes,
}) => {
  provokes.push(/status of 409/)
  const url = await stack.addAgent(agent)
  const [[run] = []] = await sql(url, start(agent))
  await openRun(page, `Work of ${agent}`)
  const holder = new Client({ connectionString: url })
  const cut = new Promise((resolve) => holder.on('error', resolve))
  await holder.connect()
  await holder.query('begin')
  await holder.query(
    `update workflow_checkpoints set current_step = 'step_2' where workflow_id = $1`,
    [run],
  )
  const { rows } = await holder.query<{ pid: number }>('select pg_backend_pid() as pid')

  await controls(page).getByRole('button', { name: 'Pause' }).click()
  const inTheWay = page.getByRole('list', { name: 'Sessions in the way' })
  await expect(inTheWay).toContainText(`pid ${rows[0]?.pid}`)
  await expect(inTheWay).toContainText(`agent_${agent}`)
  await expect(inTheWay).toContainText(/transaction open for \d+/)
  await expect(headState(page, 'Running')).toBeVisible()
  await hold(page, inTheWay.getByRole('button', { name: 'End that session (hold)' }), async () =>
    expect(headState(page, 'Paused')).toBeVisible(),
  )
  expect(String(await cut)).toMatch(/terminat/)
  expect(
    await sql(url, `select current_step from workflow_checkpoints where workflow_id = '${run}'`),
  ).toEqual([['step_1']])
})

test('an administrator names who stands behind an agent; everyone sees it, and nobody else may change it', async ({
  page,
  stack,
  agent,
  browser,
}) => {
  const [boss, ana] = [`boss-${agent}`, `ana-${agent}`]
  await stack.addAgent(agent)
  const other = await (await browser.newContext()).newPage()
  await signInAs(other, stack, ana, 'reviewer')
  await signInAs(page, stack, boss, 'admin')
  await page.goto(`${stack.url}/agents`)
  const line = page.getByRole('row').filter({ hasText: `agent_${agent}` })
  await line.getByRole('button', { name: `Name one… as owner of ${agent}` }).click()
  const choice = page.getByRole('combobox', { name: `Owner of ${agent}` })
  await expect(page.getByRole('button', { name: 'Save' })).toBeDisabled()
  await choice.selectOption(ana)
  await everyoneCanUse(page)
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(line.getByRole('button', { name: `${ana}, owner of ${agent}` })).toBeVisible()
  await expect(choice).toHaveCount(0)
  const { rows } = await stack.owner.query(
    `select actor, target_row_id as login, data_after ->> 'owner' as owner from agent_audit_log where action = 'agent.own' and agent_id = $1`,
    [agent],
  )
  expect(rows).toEqual([
    { actor: `operator:${boss}`, login: `agent_${agent}`, owner: `operator:${ana}` },
  ])

  await other.goto(`${stack.url}/agents`)
  const theirs = other.getByRole('row').filter({ hasText: `agent_${agent}` })
  await expect(theirs.getByRole('cell', { name: ana, exact: true })).toBeVisible()
  await expect(theirs.getByRole('button', { name: /owner of/ })).toHaveCount(0)
  const refused = await command(other, stack, 'agents.own', { agentId: agent, owner: null })
  expect(refused.status()).toBe(403)
  await other.context().close()

  await line.getByRole('button', { name: /owner of/ }).click()
  await choice.selectOption('Nobody')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(line.getByRole('button', { name: /^Name one…/ })).toBeVisible()
})
