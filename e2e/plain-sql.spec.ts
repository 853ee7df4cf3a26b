import {
  controls,
  headState,
  hold,
  openRun,
  pressAnswer,
  review,
  row,
  showsWholeHistory,
  travel,
} from './screens.ts'
import { refusal, sql } from './stack/sql-agent.ts'
import { expect, lostConnection, signIn, test } from './test.ts'

// The statements of agents in the field, word for word: plain SQL, unqualified names, a login of their own.

async function starts(url: string, agent: string): Promise<string> {
  const [[run] = []] = await sql(
    url,
    `insert into workflow_checkpoints (agent_id, current_step, step_input, status)
     values ('${agent}', 'step_1', '{"file": "north.csv"}', 'running') returning workflow_id`,
  )
  return run ?? ''
}

const steps = (run: string, step: string): string =>
  `update workflow_checkpoints set current_step = '${step}', status = 'running' where workflow_id = '${run}'`

const asks = (run: string, agent: string): string =>
  `insert into approval_queue (workflow_id, requested_by) values ('${run}', '${agent}')`

const pausesForApproval = (run: string, agent: string): string => `begin;
  update workflow_checkpoints set status = 'paused', paused_at = now(), current_step = 'awaiting_approval'
    where workflow_id = '${run}';
  ${asks(run, agent)};
  commit`

const writesTask = (run: string, agent: string): string =>
  `insert into tasks (status, agent_id, workflow_id) values ('running', '${agent}', '${run}')`

const records = (run: string, agent: string, action: string): string =>
  `insert into agent_audit_log (agent_id, workflow_id, action, target_table, target_row_id, credentials)
   values ('${agent}', '${run}', '${action}', 'customers', '42', 'agent key 7')`

/** What an agent asks on restart: which runs of mine still wait for an answer? */
const waiting = (agent: string): string =>
  `select w.workflow_id from workflow_checkpoints w join approval_queue q using (workflow_id)
   where w.agent_id = '${agent}' and w.status = 'paused' and q.decision is null`

const answer = (run: string): string =>
  `select w.status, q.decision, q.decided_by from workflow_checkpoints w
   join approval_queue q using (workflow_id) where workflow_id = '${run}' order by q.requested_at desc limit 1`

test('an agent in psql appears live, step by step, without a refresh', async ({
  signedIn: page,
  stack,
  agent,
}) => {
  const { out: url } = await stack.holdpoint('agent', 'add', agent)
  await expect(row(page, agent)).toHaveCount(0)
  const run = await starts(url, agent)
  await expect(row(page, agent)).toContainText('Running')
  await expect(row(page, agent)).toContainText('step_1')
  await openRun(page, agent)
  await expect(page.getByRole('main')).toContainText('plain SQL')
  await sql(url, records(run, agent, 'update customers'))
  await sql(url, steps(run, 'step_2'))
  await expect(page.getByRole('main').locator('header')).toContainText('Step step_2')
  await showsWholeHistory(page, stack, run)
  await sql(url, `update workflow_checkpoints set status = 'complete' where workflow_id = '${run}'`)
  await expect(headState(page, 'Complete')).toBeVisible()
  await expect(controls(page)).toContainText('The run is complete; that is final.')
})

test('after a pause every write of the run is refused in words; delivery is said to be unobservable', async ({
  signedIn: page,
  stack,
  agent,
}) => {
  const url = await stack.addAgent(agent)
  const run = await starts(url, agent)
  await openRun(page, agent)
  await expect(controls(page)).toContainText('Whether the agent got it cannot be observed.')
  await controls(page).getByRole('textbox', { name: 'Reason' }).fill('wrong file')
  await controls(page).getByRole('button', { name: 'Pause' }).click()
  await expect(headState(page, 'Paused')).toBeVisible()
  const delivered = travel(page).getByRole('listitem').nth(1)
  await expect(delivered).toContainText('Delivered – cannot be observed')

  for (const write of [steps(run, 'step_2'), asks(run, agent), writesTask(run, agent)]) {
    const refused = await refusal(url, write)
    expect(refused).toContain('HP001')
    expect(refused).toContain(`run ${run} is held (USER_PAUSED) by operator:local since`)
    expect(refused).toContain('wrong file: nothing was written')
    expect(refused).toContain('Wait until the run')
  }
  // Evidence is never refused.
  await sql(url, records(run, agent, 'saw the refusal'))

  await controls(page).getByRole('button', { name: 'Resume' }).click()
  await expect(headState(page, 'Running')).toBeVisible()
  await sql(url, `${steps(run, 'step_2')}; ${writesTask(run, agent)}`)
  await expect(page.getByRole('main').locator('header')).toContainText('Step step_2')
  await showsWholeHistory(page, stack, run)
})

test('after a kill every write of the run is refused, for good', async ({
  signedIn: page,
  stack,
  agent,
}) => {
  const url = await stack.addAgent(agent)
  const run = await starts(url, agent)
  await openRun(page, agent)
  await controls(page).getByRole('textbox', { name: 'Reason' }).fill('deletes customers')
  await hold(page, controls(page).getByRole('button', { name: 'Kill' }), async () =>
    expect(headState(page, 'Killed')).toBeVisible(),
  )
  const done = `update workflow_checkpoints set status = 'complete' where workflow_id = '${run}'`
  for (const write of [steps(run, 'step_2'), asks(run, agent), writesTask(run, agent), done]) {
    const refused = await refusal(url, write)
    expect(refused).toContain('HP002')
    expect(refused).toContain(`run ${run} is killed (USER_KILLED): that is final`)
  }
  await expect(travel(page).getByRole('listitem').nth(1)).toContainText('cannot be observed')
  await showsWholeHistory(page, stack, run)
})

test('it pauses for approval, a person approves by key, and it learns that by SQL', async ({
  signedIn: page,
  stack,
  agent,
}) => {
  const url = await stack.addAgent(agent)
  const run = await starts(url, agent)
  await sql(url, pausesForApproval(run, agent))
  expect(await sql(url, waiting(agent))).toEqual([[run]])
  expect(await refusal(url, steps(run, 'step_2'))).toContain('HP001')

  await review(page, agent)
  const decision = page.getByRole('article', { name: 'Decision' })
  await expect(decision).toContainText('Let this run go on?')
  await expect(decision).toContainText('plain SQL')
  await pressAnswer(page, 'a')

  await expect
    .poll(async () => sql(url, answer(run)))
    .toEqual([['approved', 'approved', 'operator:local']])
  expect(await sql(url, waiting(agent))).toEqual([])
  await sql(url, steps(run, 'step_2'))
  await page.goto(`${stack.url}/runs/${run}`)
  await expect(headState(page, 'Running')).toBeVisible()
  await showsWholeHistory(page, stack, run)
})

test('a rejection is told by SQL, and the agent goes on without the refused part', async ({
  signedIn: page,
  stack,
  agent,
}) => {
  const url = await stack.addAgent(agent)
  const run = await starts(url, agent)
  await sql(url, pausesForApproval(run, agent))
  await page.keyboard.press('2')
  await expect(page).toHaveURL(/\/approvals/)
  const list = page.getByRole('region', { name: 'Open approvals' })
  await list.getByRole('link').filter({ hasText: agent }).click()
  await expect(page.getByRole('article', { name: 'Decision' })).toContainText(agent)
  await pressAnswer(page, 'r')
  await expect(page.getByRole('textbox', { name: 'Reason' })).toBeFocused()
  await page.keyboard.type('not on a Friday')
  await page.keyboard.press('Control+Enter')

  await expect
    .poll(async () => sql(url, answer(run)))
    .toEqual([['paused', 'rejected', 'operator:local']])
  const reason = `select decision_reason from approval_queue where workflow_id = '${run}'`
  expect(await sql(url, reason)).toEqual([['not on a Friday']])
  await sql(url, steps(run, 'step_without_it'))
  await page.goto(`${stack.url}/runs/${run}`)
  await expect(headState(page, 'Running')).toBeVisible()
  await expect(page.getByRole('main').locator('header')).toContainText('step_without_it')
})

test('an agent can neither decide, resume, erase, nor touch the run of another', async ({
  stack,
  agent,
}) => {
  const url = await stack.addAgent(agent)
  const other = await stack.addAgent(`${agent}-other`)
  const run = await starts(url, agent)
  await sql(url, pausesForApproval(run, agent))
  const attacks = [
    `update approval_queue set decision = 'approved' where workflow_id = '${run}'`,
    `update workflow_checkpoints set status = 'approved' where workflow_id = '${run}'`,
    `select resume_run('${run}', 'operator:local')`,
    `delete from workflow_checkpoints where workflow_id = '${run}'`,
    `delete from agent_audit_log`,
    `update run_events set kind = 'run.complete'`,
    `update run_holds set cleared_at = now()`,
  ]
  for (const attack of attacks) expect(await refusal(url, attack)).toMatch(/42501|HP0\d\d/)
  await sql(other, steps(run, 'stolen'))
  expect(
    await sql(url, `select current_step from workflow_checkpoints where workflow_id = '${run}'`),
  ).toEqual([['awaiting_approval']])
  expect(await sql(other, `select count(*) from workflow_checkpoints`)).toEqual([['0']])
})

test('the database refuses a held run also while no server runs', async ({
  page,
  fragile,
  provokes,
}) => {
  provokes.push(lostConnection)
  const url = await fragile.addAgent('lonely-agent')
  const run = await starts(url, 'lonely-agent')
  await signIn(page, fragile)
  await openRun(page, 'lonely-agent')
  await controls(page).getByRole('button', { name: 'Pause' }).click()
  await expect(headState(page, 'Paused')).toBeVisible()
  await fragile.crash()
  for (const write of [
    steps(run, 'step_2'),
    asks(run, 'lonely-agent'),
    writesTask(run, 'lonely-agent'),
  ])
    expect(await refusal(url, write)).toContain('HP001')
  await expect(page.getByRole('banner').getByText(/disconnected .* ago/)).toBeVisible()
})
