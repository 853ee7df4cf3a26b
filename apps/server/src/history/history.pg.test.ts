import type { Run } from '@holdpoint/protocol'
import { expect, test } from 'vitest'

import { askServer, refusal } from '../../test/ask.ts'

const { db, operator, startRun } = await askServer()

const now = async (): Promise<string> => {
  const { rows } = await db.server.query<{ now: string }>(
    `select to_json(clock_timestamp()) #>> '{}' as now`,
  )
  return rows[0]?.now ?? ''
}

const change = async (run: string, set: string) =>
  db.trial.query(`update workflow_checkpoints set ${set} where workflow_id = $1`, [run])

const requestApproval = async (run: string) => {
  const { rows } = await db.trial.query<{ id: string }>(
    `insert into approval_queue (workflow_id, requested_by, tool, target) values ($1, 'a', 'refund', 'order 7')
     returning approval_id as id`,
    [run],
  )
  return rows[0]?.id ?? ''
}

const statuses = (runs: readonly Run[]) =>
  Object.fromEntries(runs.map((run) => [run.id, run.status]))

test('before the first event there is nothing, and no error', async () => {
  const at = await now()
  expect(await operator.history.bounds()).toMatchObject({ begins: null })
  expect(await operator.history.fleetAt({ at })).toMatchObject({
    runs: [],
    counts: {},
    approvalsWaiting: 0,
    truncated: false,
  })
  expect(await operator.history.step({ at, direction: 'before' })).toBeNull()
  expect(
    await operator.history.timeline({ from: '2020-01-01T00:00:00Z', to: at, width: 800 }),
  ).toMatchObject({
    lanes: [],
  })
})

test('the fleet is shown as it was: runs, counts and approvals of that instant', async () => {
  const first = await startRun({ goal: 'one' })
  const second = await startRun({ agent_id: 'b', goal: 'two' })
  const bothRun = await now()
  const approval = await requestApproval(second)
  const asked = await now()
  await operator.approvals.decide({
    id: approval,
    version: 1,
    decision: 'approved',
    reason: 'paid twice',
  })
  await change(second, `status = 'running'`)
  await change(first, `status = 'complete'`)
  const over = await now()

  const fleet = await operator.history.fleetAt({ at: bothRun })
  expect(fleet.at).toBe(bothRun)
  expect(statuses(fleet.runs)).toEqual({ [first]: 'running', [second]: 'running' })
  expect(fleet).toMatchObject({ counts: { running: 2 }, approvalsWaiting: 0, truncated: false })

  expect(await operator.history.fleetAt({ at: asked })).toMatchObject({
    counts: { running: 1, paused: 1 },
    approvalsWaiting: 1,
  })
  expect(await operator.history.runAt({ id: second, at: asked })).toMatchObject({
    run: { status: 'paused', stopReason: 'AWAITING_APPROVAL' },
    openApprovals: [{ approvalId: approval, tool: 'refund', target: 'order 7' }],
  })
  expect(await operator.history.runAt({ id: second, at: over })).toMatchObject({
    openApprovals: [],
  })

  const last = await operator.history.fleetAt({ at: over })
  expect(last).toMatchObject({ counts: { running: 1, complete: 1 }, approvalsWaiting: 0 })
  expect(last.runs.map(({ id }) => id)).toEqual([second, first])

  const { rows, total } = await operator.history.changed({ from: asked, to: over })
  expect(total).toBe(2)
  expect(rows.map(({ before, after }) => [before?.status, after.status])).toEqual([
    ['running', 'complete'],
    ['paused', 'running'],
  ])
})

test('what lies ahead is the present; before it began a run is not there', async () => {
  const before = await now()
  const run = await startRun()
  const ahead = await operator.history.fleetAt({ at: '2999-01-01T00:00:00Z' })
  expect(Date.parse(ahead.at)).toBeLessThan(Date.parse('2998-01-01T00:00:00Z'))
  expect(statuses(ahead.runs)[run]).toBe('running')
  expect(await operator.history.runAt({ id: run, at: before })).toBeNull()
  expect((await refusal(operator.history.changed({ from: ahead.at, to: before }))).code).toBe(
    'BAD_REQUEST',
  )
})

test('density counts each event once, and those that stopped a run', async () => {
  const from = await now()
  const run = await startRun({ agent_id: 'dense' })
  for (const n of [1, 2, 3]) await change(run, `current_step = 'n${n}'`)
  await operator.runs.pause({ id: run, reason: 'look' })
  await operator.runs.resume({ id: run, reason: 'seen' })
  await operator.runs.kill({ id: run, reason: 'enough' })
  const to = await now()
  const { rows } = await db.owner.query('select from run_events where workflow_id = $1', [run])
  for (const buckets of [2, 10, 600]) {
    const { counts, stops, everyMs, ...covered } = await operator.history.density({
      from,
      to,
      buckets,
      runId: run,
    })
    expect(counts.reduce((sum, n) => sum + n, 0)).toBe(rows.length)
    expect(stops.reduce((sum, n) => sum + n, 0)).toBe(2)
    expect(counts.length).toBeLessThanOrEqual(buckets)
    expect(Date.parse(covered.to) - Date.parse(covered.from)).toBe(everyMs * counts.length)
  }
})

test('one steps from event to event, of all or of one run', async () => {
  const start = await now()
  const run = await startRun({ agent_id: 'stepper' })
  const other = await startRun()
  await change(other, `current_step = 'x'`)
  await change(run, `current_step = 'y'`)
  const times = (await operator.runs.events({ id: run, after: 0 })).events.map(({ at }) => at)
  const after = async (at: string, more = {}) =>
    operator.history.step({ at, direction: 'after', ...more })
  expect(await after(start)).toBe(times[0])
  expect(await after(times[0] ?? '', { runId: run })).toBe(times[1])
  expect(await after(times[0] ?? '', { agentId: 'stepper' })).toBe(times[1])
  expect(await after(times[1] ?? '', { runId: run })).toBeNull()
  expect(await operator.history.step({ at: times[1] ?? '', direction: 'before', runId: run })).toBe(
    times[0],
  )
})

test('one steps from as far ahead as an instant can lie, also from event to event of an agent', async () => {
  await startRun()
  const last = { at: '9999-12-31T23:59:59Z', agentId: 'a' }
  expect(await operator.history.step({ ...last, direction: 'before' })).toEqual(expect.any(String))
  expect(await operator.history.step({ ...last, direction: 'after' })).toBeNull()
})

test('a timeline has a lane for each agent, with runs, steps, tools, holds and marks', async () => {
  const from = await now()
  const run = await startRun({
    agent_id: 'lane',
    goal: 'sort the post',
    current_tool: 'scan',
    tool_target: 'inbox',
  })
  await change(run, `current_tool = 'file', tool_target = 'shelf'`)
  await operator.runs.pause({ id: run, reason: 'wrong shelf' })
  await operator.runs.resume({ id: run, reason: 'right shelf' })
  await change(run, `status = 'failed'`)
  await db.trial.query(
    `insert into agent_audit_log (agent_id, workflow_id, action) values ('lane', $1, 'file')`,
    [run],
  )
  const { lanes } = await operator.history.timeline({
    from,
    to: await now(),
    width: 900,
    agents: ['lane'],
  })
  expect(lanes).toHaveLength(1)
  expect(lanes[0]).toMatchObject({
    agentId: 'lane',
    runsInWindow: 1,
    moreRuns: 0,
    runs: [{ id: run, state: 'failed', goal: 'sort the post' }],
    holds: [{ runId: run, kind: 'operator_pause', by: 'operator:maria', why: 'wrong shelf' }],
    moreMarks: 0,
  })
  expect(lanes[0]?.stretches?.map(({ of, name, target }) => [of, name, target])).toEqual([
    ['step', 'step_1', null],
    ['tool', 'scan', 'inbox'],
    ['tool', 'file', 'shelf'],
  ])
  expect(lanes[0]?.marks.map(({ kind, text }) => [kind, text])).toEqual([
    ['run.paused', 'paused: Paused by a person (wrong shelf)'],
    ['run.running', 'run running (right shelf)'],
    ['run.failed', 'failed'],
    ['audit.recorded', 'audit recorded (after the run had ended)'],
  ])
})

test('an agent whose run lives through a window without an event in it has its lane', async () => {
  const run = await startRun({ agent_id: 'sleeper', goal: 'sleep' })
  // A window begins at a whole bucket: here at one that the clock reaches after all that the run did.
  const { rows } = await db.owner.query<{ from: string }>(
    `select to_json(date_bin('100 ms', clock_timestamp(), 'epoch') + interval '100 ms') #>> '{}' as from`,
  )
  const from = rows[0]?.from ?? ''
  await db.owner.query('select pg_sleep_until($1)', [from])
  await startRun({ agent_id: 'waker', goal: 'wake' })
  const to = new Date(Date.parse(from) + 10_000).toISOString()
  const { lanes } = await operator.history.timeline({
    from,
    to,
    width: 100,
    agents: ['sleeper', 'waker'],
  })
  expect(lanes.map(({ agentId }) => agentId)).toEqual(['waker', 'sleeper'])
  expect(lanes[1]).toMatchObject({ runsInWindow: 1, runs: [{ id: run, state: 'running' }] })
  expect(new Set(lanes[1]?.events)).toEqual(new Set([0]))
  await change(run, `status = 'complete'`)
})

test('a summary says what stopped and who did what, and nothing in it is read as Markdown', async () => {
  const from = await now()
  const evil = '# x | <script>alert(1)</script> [a](https://evil.example) @maria ``` \n## y'
  const run = await startRun({ agent_id: 'evil`agent', goal: evil, current_step: evil })
  await operator.runs.kill({ id: run, reason: evil })
  const to = await now()
  const summary = await operator.history.summary({ from, to })
  expect(summary).toMatchObject({
    ended: { complete: 0, failed: 0, killed: 1 },
    stopped: [{ run: { id: run, status: 'killed' }, by: 'operator:maria', reason: 'USER_KILLED' }],
    operatorActions: [{ actor: 'operator:maria', action: 'run.kill', runId: run }],
    approvals: [],
    leftOut: { stopped: 0, operatorActions: 0, approvals: 0, spend: 0 },
  })
  expect(summary.operatorActions[0]?.why).toBe(evil)
  const lines = summary.text.split('\n')
  expect(lines.filter((line) => line.startsWith('## '))).toEqual([
    '## In order',
    '## Runs that stopped',
    '## What people did',
    '## Approvals',
    '## Busiest agents',
  ])
  // Outside of code there is none of their words.
  const outside = summary.text.replaceAll(/(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, '')
  expect(outside).not.toMatch(/script|evil|maria/)
  for (const line of lines.filter((each) => each.startsWith('|'))) {
    expect([3, 6, 7]).toContain(line.split('|').length - 2)
  }
})
