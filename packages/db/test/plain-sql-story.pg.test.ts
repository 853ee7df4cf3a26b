import { expect, test } from 'vitest'

import { openContract } from './support/contract.ts'
import { faultsOf } from './support/history.ts'
import * as operators from './support/operators.ts'
import { type Speaker, speakers } from './support/speakers.ts'

// An agent in the field, unchanged: plain SQL, unqualified names, its own login, a process that restarts
// at every statement.
const db = await openContract()

const openRequests = `
  select w.workflow_id, a.approval_id from workflow_checkpoints w join approval_queue a on a.workflow_id = w.workflow_id
   where w.status = 'paused' and a.decision is null`

async function begin(sql: (text: string) => Promise<string[]>): Promise<string> {
  const [run = ''] = await sql(
    `insert into workflow_checkpoints (agent_id, current_step, step_input, status)
     values ('alpha', 'step_1', '{"ticket": 47}', 'running') returning workflow_id`,
  )
  await sql(
    `insert into agent_audit_log (agent_id, workflow_id, action, target_table, target_row_id, data_before, data_after, credentials)
     values ('alpha', '${run}', 'update', 'tickets', '47', '{"state": "open"}', '{"state": "answered"}', 'support-bot')`,
  )
  await sql(`update workflow_checkpoints set current_step = 'step_2' where workflow_id = '${run}'`)
  return run
}

const askForApproval = (run: string) => [
  `update workflow_checkpoints set status = 'paused', paused_at = now(), current_step = 'awaiting_approval' where workflow_id = '${run}'`,
  `insert into approval_queue (workflow_id, requested_by) values ('${run}', 'alpha')`,
]

const kinds = async (run: string): Promise<string> => {
  const { rows } = await db.owner.query<{ kind: string }>(
    'select kind from run_events where workflow_id = $1 order by seq',
    [run],
  )
  return rows.map(({ kind }) => kind).join(' ')
}

const moves = (run: string) => [
  `update workflow_checkpoints set current_step = 'step_3' where workflow_id = '${run}'`,
  `insert into approval_queue (workflow_id, requested_by) values ('${run}', 'alpha')`,
  `insert into tasks (agent_id, workflow_id) values ('alpha', '${run}')`,
]

const speak = (speaker: Speaker) => async (text: string) => speaker(db.alphaUrl, text)

test.each(speakers)(
  'the story of the field notes, through %s: asked, approved, gone on, done',
  async (_, speaker) => {
    const sql = speak(speaker)
    const run = await begin(sql)
    for (const statement of askForApproval(run)) await sql(statement)
    expect(await operators.runOf(db.admin, run)).toMatchObject({
      heldBy: ['approval'],
      stopReason: 'AWAITING_APPROVAL',
    })

    // It restarts: what was it waiting for?
    const [waiting = ''] = await sql(`${openRequests} and w.workflow_id = '${run}'`)
    const [found, approval = ''] = waiting.split('|')
    expect(found).toBe(run)
    await operators.decide(db.server, approval)

    const answer = `select w.status, a.decision, a.decided_by from workflow_checkpoints w join approval_queue a using (workflow_id) where w.workflow_id = '${run}'`
    expect(await sql(answer)).toEqual(['approved|approved|operator:ana'])
    await sql(
      `update workflow_checkpoints set status = 'running', resumed_at = now(), current_step = 'step_3' where workflow_id = '${run}'`,
    )

    const [task = ''] = await sql(
      `insert into tasks (agent_id, status) values ('alpha', 'running') returning id`,
    )
    const finish = `begin;
    insert into task_results (task_id, output) values ('${task}', '{"sent": true}') on conflict (task_id) do nothing;
    update tasks set status = 'complete', updated_at = now() where id = '${task}';
    commit`
    await sql(finish)
    // A retry of the same work is a no-op.
    await sql(finish)
    await sql(`update workflow_checkpoints set status = 'complete' where workflow_id = '${run}'`)
    expect(await kinds(run)).toBe(
      'run.started audit.recorded run.step run.paused approval.requested approval.decided run.running run.complete',
    )
    expect(await faultsOf(db.owner, run)).toEqual([])
  },
)

test.each(speakers)(
  'and refused, through %s: it reads the answer and goes on without',
  async (_, speaker) => {
    const sql = speak(speaker)
    const run = await begin(sql)
    for (const statement of askForApproval(run)) await sql(statement)
    const [waiting = ''] = await sql(`${openRequests} and w.workflow_id = '${run}'`)
    const approval = waiting.split('|')[1] ?? ''
    await operators.decide(db.server, approval, 'rejected')
    expect(
      await sql(`select decision from approval_queue where approval_id = '${approval}'`),
    ).toEqual(['rejected'])
    await expect(
      sql(`update workflow_checkpoints set current_step = 'refund' where workflow_id = '${run}'`),
    ).rejects.toThrow(/^HP001: run .* is held \(APPROVAL_REJECTED\): nothing was written/)
    await sql(
      `update workflow_checkpoints set status = 'running', current_step = 'apologise' where workflow_id = '${run}'`,
    )
    expect(await operators.runOf(db.admin, run)).toMatchObject({
      status: 'running',
      step: 'apologise',
      stopReason: null,
    })
  },
)

test.each(speakers)('the request may come before the pause, through %s', async (_, speaker) => {
  const sql = speak(speaker)
  const run = await begin(sql)
  for (const statement of askForApproval(run).toReversed()) await sql(statement)
  expect(await operators.runOf(db.admin, run)).toMatchObject({
    status: 'paused',
    heldBy: ['approval'],
    step: 'awaiting_approval',
  })
  const [waiting = ''] = await sql(`${openRequests} and w.workflow_id = '${run}'`)
  expect((await operators.decide(db.server, waiting.split('|')[1] ?? '')).status).toBe('approved')
})

test.each(speakers)(
  'what it is told through %s once a person has stepped in',
  async (_, speaker) => {
    const sql = speak(speaker)
    const paused = await begin(sql)
    await operators.pause(db.server, paused)
    for (const move of moves(paused)) {
      await expect(sql(move)).rejects.toThrow(
        /^HP001: run [0-9a-f-]{36} is held \(USER_PAUSED\) by operator:ana since .*Z, looking: nothing was written/,
      )
    }
    const killed = await begin(sql)
    await operators.kill(db.server, killed)
    for (const move of moves(killed)) {
      await expect(sql(move)).rejects.toThrow(
        /^HP002: run [0-9a-f-]{36} is killed \(USER_KILLED\): that is final, nothing was written/,
      )
    }
    for (const run of [paused, killed]) expect(await faultsOf(db.owner, run)).toEqual([])
  },
)
