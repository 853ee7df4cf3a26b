import { randomUUID } from 'node:crypto'

import { expect, test } from 'vitest'

import { askServer } from '../../../test/ask.ts'

const { db, operator, startRun } = await askServer()

const now = async (): Promise<string> => {
  const { rows } = await db.server.query<{ now: string }>(
    `select to_json(clock_timestamp()) #>> '{}' as now`,
  )
  return rows[0]?.now ?? ''
}

const change = async (run: string, set: string) =>
  db.trial.query(`update workflow_checkpoints set ${set} where workflow_id = $1`, [run])

const call = async (text: string, run: string) => db.trial.query(`select ${text}`, [run])

/** Steps and tools of a lane: which, what became of it, and whether it had ended. */
async function stretches(agent: string, from: string, to?: string) {
  const { lanes } = await operator.history.timeline({
    from,
    to: to ?? (await now()),
    width: 900,
    agents: [agent],
  })
  return lanes[0]?.stretches?.map(({ of, name, outcome, to: until }) => [
    of,
    name,
    outcome,
    until !== null,
  ])
}

test('a run in plain SQL that writes nothing but its step is shown step by step, and the last ends with it', async () => {
  const from = await now()
  const run = await startRun({ agent_id: 'plain', current_step: 'read' })
  await change(run, `current_step = 'think'`)
  expect(await stretches('plain', from)).toEqual([
    ['step', 'read', null, true],
    ['step', 'think', null, false],
  ])
  await change(run, `current_step = 'write'`)
  await change(run, `status = 'failed'`)
  await db.trial.query(
    `insert into agent_audit_log (agent_id, workflow_id, action) values ('plain', $1, 'late')`,
    [run],
  )
  expect(await stretches('plain', from)).toEqual([
    ['step', 'read', null, true],
    ['step', 'think', null, true],
    ['step', 'write', 'failed', true],
  ])
})

test('of more steps than can be drawn none is shown, and all of them closer by', async () => {
  const run = randomUUID()
  const begins = Date.parse('2026-03-01T12:00:00Z')
  const iso = (second: number) => new Date(begins + second * 1000).toISOString()
  await db.owner.query(
    `with lived as (
       insert into run_lives (workflow_id, agent_id, began_at, ended_at, ended_seq, status)
         values ($1, 'hasty', $2, $2::timestamptz + interval '3 hours', 10802, 'complete'))
     insert into run_events (workflow_id, seq, kind, actor, login, at, state)
       select $1, n, 'run.step', 'agent:hasty', 'made', at, jsonb_build_object('agentId', 'hasty', 'status', 'running',
         'step', 'step ' || n, 'stepSince', at)
       from generate_series(1, 10800) n, lateral (select $2::timestamptz + n * interval '1 second' as at) t`,
    [run, iso(0)],
  )
  const whole = { from: iso(0), to: iso(10_800), width: 900, agents: ['hasty'] }
  const { lanes } = await operator.history.timeline(whole)
  expect(lanes.map((lane) => [lane.runs.length, lane.stretches])).toEqual([[1, null]])
  expect(await stretches('hasty', iso(1000), iso(2000))).toHaveLength(1001)
})

test('a step ends where its agent says so, and a window that begins within one begins with it', async () => {
  const from = await now()
  const run = randomUUID()
  await call(
    `start_run(jsonb_build_object('runId', $1::text, 'agentId', 'sdk', 'worker', 'w'))`,
    run,
  )
  await call(`begin_step($1, 1, 'pay', 1)`, run)
  await call(
    `end_action($1, 1, (begin_action($1, 1, '{"tool": "bank", "key": "k", "digest": "${'0'.repeat(64)}"}') ->> 'actionId')::uuid,
      '{"state": "confirmed"}')`,
    run,
  )
  const within = await now()
  await call(`end_step($1, 1, 'pay', 1, '{"error": "no funds"}')`, run)
  // It stays in the run's state.
  const after = await now()
  await call(`begin_step($1, 1, 'pay', 1)`, run)
  await call(`end_step($1, 1, 'pay', 1, '{"result": 1}')`, run)
  const all = [
    ['step', 'pay', 'failed', true],
    ['tool', 'bank', 'confirmed', true],
    ['step', 'pay', 'completed', true],
  ]
  expect(await stretches('sdk', from)).toEqual(all)
  // Windows begin at whole milliseconds: what was within one may lie a little before.
  const shown = await stretches('sdk', within)
  expect(shown?.filter(([of]) => of === 'step')).toEqual([all[0], all[2]])
  expect((await stretches('sdk', after))?.at(-1)).toEqual(all[2])
  await call(`begin_step($1, 1, 'wait', 1)`, run)
  await operator.runs.kill({ id: run, reason: 'enough' })
  expect((await stretches('sdk', from))?.at(-1)).toEqual(['step', 'wait', 'killed', true])
})
