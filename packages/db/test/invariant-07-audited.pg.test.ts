import { describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import * as operators from './support/operators.ts'
import { one, outcomeOf, transaction } from './support/refusal.ts'

// Invariant 7: every verb, every action through the gate, and what an agent does to its run has its audit row in the same
// transaction.
const db = await openContract()

async function auditOf(run: string): Promise<object[]> {
  const { rows } = await db.admin.query<object>(
    'select actor, login, action from agent_audit_log where workflow_id = $1 order by seen_at',
    [run],
  )
  return rows
}

test('each verb leaves who did it, as said and as the database saw it', async () => {
  const { login } = await one<{ login: string }>(db.server, 'select session_user as login')
  const run = await agents.startPlain(db.alpha)
  await operators.pause(db.server, run)
  await operators.resume(db.server, run, operators.BO)
  await operators.decide(db.server, await agents.requestApproval(db.alpha, run))
  await operators.decide(db.server, await agents.requestApproval(db.alpha, run), 'rejected')
  await operators.kill(db.server, run)
  const own = { actor: 'agent:alpha', login: db.loginOf('alpha') }
  expect(await auditOf(run)).toEqual([
    { ...own, action: 'run.start' },
    { actor: operators.ANA, login, action: 'run.pause' },
    { actor: operators.BO, login, action: 'run.resume' },
    { ...own, action: 'approval.request' },
    { actor: operators.ANA, login, action: 'approval.approved' },
    { ...own, action: 'approval.request' },
    { actor: operators.ANA, login, action: 'approval.rejected' },
    { actor: operators.ANA, login, action: 'run.kill' },
  ])
})

interface Act {
  action: string
  row: string | null
  was: { status: string } | null
  became: { status?: string; [name: string]: unknown }
}

/** What the log has of a run, each with what was and what became of it. */
async function actsOf(run: string): Promise<Act[]> {
  const { rows } = await db.admin.query<Act>(
    `select action, target_row_id as row, data_before as was, data_after as became from agent_audit_log
     where workflow_id = $1 and actor = 'agent:alpha' and login = $2 and not late order by seen_at`,
    [run, db.loginOf('alpha')],
  )
  return rows
}

describe('what an agent does to its run leaves its row', () => {
  test('its start and its end in plain SQL, once each', async () => {
    const run = await agents.startPlain(db.alpha)
    await agents.writeStep(db.alpha, run, 'step_2')
    await agents.setStatus(db.alpha, run, 'complete')
    await agents.setStatus(db.alpha, run, 'complete')
    expect(await actsOf(run)).toMatchObject([
      { action: 'run.start', row: run, was: null, became: { status: 'running', step: 'step_1' } },
      {
        action: 'run.complete',
        row: run,
        was: { status: 'running' },
        became: { status: 'complete', step: 'step_2' },
      },
    ])
  })

  test('its start and its end under a lease, and why it failed', async () => {
    const run = await agents.startRun(db.alpha, { goal: 'sort the post' })
    await db.alpha.query(`select end_run($1, 1, 'failed', 'TOOL_FAILURE', 'the shelf fell')`, [run])
    expect(await actsOf(run)).toMatchObject([
      { action: 'run.start', became: { status: 'running', goal: 'sort the post' } },
      {
        action: 'run.fail',
        was: { status: 'running' },
        became: { status: 'failed', stopReason: 'TOOL_FAILURE', why: 'the shelf fell' },
      },
    ])
  })

  test('of an upsert only what began', async () => {
    const run = await agents.startPlain(db.alpha)
    await db.alpha.query(
      `insert into workflow_checkpoints (workflow_id, agent_id, current_step) values ($1, 'alpha', 'again')
       on conflict (workflow_id) do update set current_step = excluded.current_step`,
      [run],
    )
    expect((await actsOf(run)).map(({ action }) => action)).toEqual(['run.start'])
  })

  test('a request for approval, with how the run stood and stands', async () => {
    const run = await agents.startPlain(db.alpha)
    const approval = await agents.askFor(db.alpha, run, { target: 'order 7' })
    expect((await actsOf(run))[1]).toMatchObject({
      action: 'approval.request',
      row: approval,
      was: { status: 'running', heldBy: [] },
      became: { status: 'paused', heldBy: ['approval'], tool: 'refund', target: 'order 7' },
    })
  })

  test('what the gate refused it, and why; what a refusal rolled back leaves none', async () => {
    const run = await agents.startRun(db.alpha)
    const moved = await one<{ answer: agents.GateAnswer }>(
      db.alpha,
      `select refuse_drift($1, 1, '{"tool": "mail.send", "target": "ana"}', 'the address moved') as answer`,
      [run],
    )
    expect(moved.answer.decision).toBe('deny')
    expect((await actsOf(run))[1]).toMatchObject({
      action: 'action.refuse mail.send',
      row: null,
      became: { code: 'STATE_DRIFT', why: 'the address moved', target: 'ana' },
    })
    await db.alpha.query(`select end_run($1, 1, 'complete')`, [run])
    expect(await outcomeOf(agents.requestApproval(db.alpha, run))).toBe('HP002')
    expect(await actsOf(run)).toHaveLength(3)
  })
})

test('isolating and releasing leave a row for the agent and one for each run', async () => {
  const url = await db.addAgent('gamma')
  const run = await agents.startPlain(db.pool(url), { agent: 'gamma' })
  await operators.isolate(db.server, 'gamma')
  await db.server.query(`select release_agent('gamma', 'operator:bo', 'fine again')`)
  const { rows } = await db.admin.query(
    `select actor, action, workflow_id from agent_audit_log where agent_id = 'gamma' order by seen_at`,
  )
  expect(rows).toEqual([
    { actor: 'agent:gamma', action: 'run.start', workflow_id: run },
    { actor: operators.ANA, action: 'agent.isolate', workflow_id: null },
    { actor: operators.ANA, action: 'agent.end_sessions', workflow_id: null },
    { actor: operators.ANA, action: 'run.isolate', workflow_id: run },
    { actor: operators.BO, action: 'run.release', workflow_id: run },
    { actor: operators.BO, action: 'agent.release', workflow_id: null },
  ])
})

test('an action that the gate allows leaves its row; one that it refuses leaves none', async () => {
  const run = await agents.startRun(db.alpha)
  await agents.allowedAction(db.alpha, run)
  await operators.pause(db.server, run)
  await agents.beginAction(db.alpha, run, 1, { key: 'key-2' })
  const others = ['run.start', 'run.pause']
  const begun = (await auditOf(run)).filter(
    (row) => 'action' in row && !others.includes(String(row.action)),
  )
  expect(begun).toEqual([
    { actor: 'agent:alpha', login: db.loginOf('alpha'), action: 'action.begin send_email' },
  ])
})

async function unauditable(work: (run: string, approval: string) => Promise<unknown>) {
  const run = await agents.startRun(db.alpha)
  const asked = await agents.startPlain(db.alpha)
  const approval = await agents.requestApproval(db.alpha, asked)
  await db.admin.query(
    `create function no_audit() returns trigger language plpgsql as $$ begin raise exception 'disk full'; end $$;
     create trigger no_audit before insert on agent_audit_log for each row execute function no_audit()`,
  )
  try {
    const before = [await operators.runOf(db.admin, run), await operators.runOf(db.admin, asked)]
    expect(await outcomeOf(work(run, approval))).toBe('P0001')
    const after = [await operators.runOf(db.admin, run), await operators.runOf(db.admin, asked)]
    expect(after).toEqual(before)
  } finally {
    await db.admin.query('drop function no_audit() cascade')
  }
}

describe('when the audit row cannot be written', () => {
  test('no verb is done', async () => {
    await unauditable(async (run) => operators.pause(db.server, run))
    await unauditable(async (run) => operators.kill(db.server, run))
    await unauditable(async (_, approval) => operators.decide(db.server, approval))
  })

  test('no action begins', async () => {
    await unauditable(async (run) => agents.beginAction(db.alpha, run))
  })

  test('no run starts or ends, and nothing is asked', async () => {
    await unauditable(async () => agents.startPlain(db.alpha))
    await unauditable(async (run) => db.alpha.query(`select end_run($1, 1, 'complete')`, [run]))
    await unauditable(async (run) => agents.requestApproval(db.alpha, run))
  })
})

test('what an agent claims stays beside what the database saw', async () => {
  const run = await agents.startPlain(db.alpha)
  await db.alpha.query(
    `insert into agent_audit_log (agent_id, workflow_id, action, credentials, logged_at)
     values ('alpha', $1, 'refund', 'key of the boss', '2001-01-01')`,
    [run],
  )
  const row = await one<{ login: string; credentials: string; honest: boolean }>(
    db.admin,
    `select login, credentials, logged_at = '2001-01-01' and seen_at > now() - interval '1 hour' as honest
       from agent_audit_log where workflow_id = $1 and action = 'refund'`,
    [run],
  )
  expect(row).toEqual({ login: db.loginOf('alpha'), credentials: 'key of the boss', honest: true })
})

test('an audit row about a held run is evidence: it is taken, and lifts nothing', async () => {
  const run = await agents.startPlain(db.alpha)
  await operators.pause(db.server, run)
  await transaction(db.alpha, async (client) => agents.writeAudit(client, run))
  expect(await operators.runOf(db.admin, run)).toMatchObject({
    status: 'paused',
    heldBy: ['operator_pause'],
  })
})

test('an agent session can be ended by name and pid, which is recorded', async () => {
  const client = await db.alpha.connect()
  client.on('error', () => undefined)
  const { pid } = await one<{ pid: number }>(client, 'select pg_backend_pid() as pid')
  await db.server.query(`select end_session($1, 'operator:ana', 'in the way')`, [pid])
  await expect(client.query('select 1')).rejects.toThrow()
  client.release(true)
  const { rows } = await db.admin.query(
    `select actor, agent_id from agent_audit_log where action = 'session.end' and target_row_id = $1`,
    [String(pid)],
  )
  expect(rows).toEqual([{ actor: operators.ANA, agent_id: 'alpha' }])
  const { pid: ownPid } = await one<{ pid: number }>(db.server, 'select pg_backend_pid() as pid')
  const ending = db.server.query(`select end_session($1, 'operator:ana')`, [ownPid])
  expect(await outcomeOf(ending)).toBe('HP011')
})
