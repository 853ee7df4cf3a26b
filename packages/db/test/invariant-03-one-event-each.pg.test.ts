import { describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { faultsOf } from './support/history.ts'
import * as operators from './support/operators.ts'
import { one, outcomeOf, transaction } from './support/refusal.ts'

// Invariant 3: each change of a run's state writes exactly one event, in the same transaction.
const db = await openContract()

async function kindsOf(run: string): Promise<string[]> {
  const { rows } = await db.owner.query<{ kind: string }>(
    'select kind from run_events where workflow_id = $1 order by seq',
    [run],
  )
  return rows.map(({ kind }) => kind)
}

describe('a statement of any shape makes the events of what it changed, and no other', () => {
  test('an insert whose run exists already makes none', async () => {
    const run = await agents.startPlain(db.alpha)
    const insert = `insert into workflow_checkpoints (workflow_id, agent_id, current_step) values ($1, 'alpha', 'step_2')`
    await db.alpha.query(`${insert} on conflict do nothing`, [run])
    expect(await outcomeOf(db.alpha.query(insert, [run]))).toBe('23505')
    expect(await kindsOf(run)).toEqual(['run.started'])
    await db.alpha.query(
      `${insert} on conflict (workflow_id) do update set current_step = excluded.current_step`,
      [run],
    )
    expect(await kindsOf(run)).toEqual(['run.started', 'run.step'])
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('an upsert of a child whose parent has ended is an update of the child', async () => {
    const parent = await agents.startPlain(db.alpha)
    const child = await agents.startPlain(db.alpha, { parent })
    await agents.setStatus(db.alpha, parent, 'complete')
    await db.alpha.query(
      `insert into workflow_checkpoints (workflow_id, agent_id, parent_id, current_step) values ($1, 'alpha', $2, 'step_9')
       on conflict (workflow_id) do update set current_step = excluded.current_step`,
      [child, parent],
    )
    expect(await kindsOf(child)).toEqual(['run.started', 'run.step'])
  })

  test('one statement over many runs', async () => {
    const runs = await Promise.all([1, 2, 3].map(async () => agents.startPlain(db.alpha)))
    const { rowCount } = await db.alpha.query(
      `update workflow_checkpoints set current_step = 'step_2' where workflow_id = any ($1)`,
      [runs],
    )
    expect(rowCount).toBe(3)
    for (const run of runs) expect(await kindsOf(run)).toEqual(['run.started', 'run.step'])
  })

  test('returning, a prepared statement, a merge', async () => {
    const run = await agents.startPlain(db.alpha)
    const { current_step } = await one<{ current_step: string }>(
      db.alpha,
      `update workflow_checkpoints set current_step = 'step_2' where workflow_id = $1 returning current_step`,
      [run],
    )
    expect(current_step).toBe('step_2')
    await db.alpha.query({
      name: 'move',
      text: 'update workflow_checkpoints set current_step = $2 where workflow_id = $1',
      values: [run, 'step_3'],
    })
    await db.alpha.query(
      `merge into workflow_checkpoints w using (values ('${run}'::uuid)) as n (id) on w.workflow_id = n.id
       when matched then update set current_step = 'step_4'
       when not matched then insert (workflow_id, agent_id) values (n.id, 'alpha')`,
    )
    expect(await kindsOf(run)).toEqual(['run.started', 'run.step', 'run.step', 'run.step'])
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('pausing, asking and recording in one statement', async () => {
    const run = await agents.startPlain(db.alpha)
    await db.alpha.query(
      `with asked as (insert into approval_queue (workflow_id, requested_by) values ($1, 'alpha')),
            noted as (insert into agent_audit_log (agent_id, workflow_id, action) values ('alpha', $1, 'refund'))
       update workflow_checkpoints set status = 'paused', paused_at = now() where workflow_id = $1`,
      [run],
    )
    const kinds = ['run.started', 'run.paused', 'approval.requested', 'audit.recorded']
    expect((await kindsOf(run)).toSorted()).toEqual(kinds.toSorted())
    expect(await operators.runOf(db.admin, run)).toMatchObject({
      stopReason: 'AWAITING_APPROVAL',
      heldBy: ['approval'],
    })
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('a write that changes nothing makes none', async () => {
    const run = await agents.startPlain(db.alpha)
    await agents.writeStep(db.alpha, run, 'step_1')
    await agents.setStatus(db.alpha, run, 'running')
    expect(await kindsOf(run)).toEqual(['run.started'])
  })

  test('what is rolled back leaves none and no gap', async () => {
    const run = await agents.startPlain(db.alpha)
    const failing = transaction(db.alpha, async (client) => {
      await agents.writeStep(client, run, 'step_2')
      throw new Error('the agent changed its mind')
    })
    await expect(failing).rejects.toThrow('changed its mind')
    await transaction(db.alpha, async (client) => {
      await agents.writeStep(client, run, 'step_3')
      await client.query('savepoint here')
      await agents.writeStep(client, run, 'step_4')
      await client.query('rollback to here')
      await agents.writeStep(client, run, 'step_5')
    })
    expect(await kindsOf(run)).toEqual(['run.started', 'run.step', 'run.step'])
    expect(await faultsOf(db.owner, run)).toEqual([])
  })
})

test('COPY, which would go round row security, is refused by Postgres itself', async () => {
  const write = db.alpha.query('copy workflow_checkpoints (agent_id) from stdin')
  expect(await outcomeOf(write)).toBe('0A000')
})

test('the SDK, the operator and plain SQL write one dense history', async () => {
  const run = await agents.startRun(db.alpha)
  await db.alpha.query(`select begin_step($1, 1, 'draft', 1, '{"to": "a"}')`, [run])
  const action = await agents.allowedAction(db.alpha, run)
  await agents.endAction(db.alpha, run, action, { state: 'confirmed' })
  await db.alpha.query(`select end_step($1, 1, 'draft', 1, '{"result": 1, "memory": {}}')`, [run])
  await agents.writeTask(db.alpha, run)
  await operators.pause(db.server, run)
  await operators.resume(db.server, run)
  await db.alpha.query(`select report_progress($1, 1, '{"tokensIn": 7}')`, [run])
  await db.alpha.query(`select end_run($1, 1, 'complete')`, [run])
  expect(await kindsOf(run)).toEqual([
    'run.started',
    'run.step',
    'action.intended',
    'action.confirmed',
    'step.completed',
    'task.written',
    'run.paused',
    'run.running',
    'run.progress',
    'run.complete',
  ])
  expect(await faultsOf(db.owner, run)).toEqual([])
})

test('writers at the same time never share or skip a sequence', async () => {
  const run = await agents.startPlain(db.alpha)
  const writers = Array.from({ length: 60 }, async (_, n) =>
    n % 3 === 0 ? agents.writeAudit(db.alpha, run) : agents.writeStep(db.alpha, run, `step ${n}`),
  )
  await Promise.all(writers)
  expect(await kindsOf(run)).toHaveLength(61)
  expect(await faultsOf(db.owner, run)).toEqual([])
})

test('an event commits with its change: nobody sees one without the other', async () => {
  const run = await agents.startPlain(db.alpha)
  const writer = new AbortController()
  const reading = (async () => {
    while (!writer.signal.aborted) {
      const seen = await one<{ row: number; history: number }>(
        db.admin,
        `select w.seq::int as row, (select max(seq)::int from run_events e where e.workflow_id = w.workflow_id) as history
           from workflow_checkpoints w where workflow_id = $1`,
        [run],
      )
      expect(seen.history).toBe(seen.row)
    }
  })()
  for (let n = 0; n < 100; n += 1) await agents.writeStep(db.alpha, run, `step ${n}`)
  writer.abort()
  await reading
})

test('a session with its own time zone writes the same instants', async () => {
  const run = await agents.startRun(db.alpha)
  await transaction(db.alpha, async (client) => {
    await client.query(`set local timezone to 'Asia/Kolkata'`)
    await agents.writeStep(client, run, 'step_2')
    await client.query(`select begin_step($1, 1, 'next', 1)`, [run])
    await client.query(`select control_ack($1, 1, 'delivered')`, [run])
  })
  await operators.pause(db.server, run)
  await transaction(db.alpha, async (client) => {
    await client.query(`set local timezone to 'Asia/Kolkata'`)
    await agents.beginAction(client, run)
  })
  const { rows } = await db.owner.query<{ state: string }>(
    'select state::text from run_events where workflow_id = $1',
    [run],
  )
  for (const { state } of rows) expect(state).not.toContain('+05:30')
})

test('an event shows whose hand it was: an administrator at psql is not the agent', async () => {
  const run = await agents.startPlain(db.alpha)
  await agents.writeStep(db.admin, run, 'repaired by hand')
  const { rows } = await db.owner.query(
    'select actor, login from run_events where workflow_id = $1 order by seq',
    [run],
  )
  const { login } = await one<{ login: string }>(db.admin, 'select session_user as login')
  expect(rows).toEqual([
    { actor: 'agent:alpha', login: db.loginOf('alpha') },
    { actor: `login:${login}`, login },
  ])
})
