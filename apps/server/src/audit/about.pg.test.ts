import { randomUUID } from 'node:crypto'

import { expect, test } from 'vitest'

import { askServer, refusal } from '../../test/ask.ts'
import { auditLog } from '../../test/audit-log.ts'

const { db, operator, startRun } = await askServer()
const { all, writes } = auditLog(db, operator)

test('a row about an approval says by whom it was asked for, as the asker wrote it', async () => {
  const asking = await startRun({ agent_id: 'asker' })
  await db.trial.query(
    `insert into approval_queue (workflow_id, requested_by) values ($1, 'the boss, surely')`,
    [asking],
  )
  const { rows } = await operator.approvals.list({ status: 'open' })
  const approval = rows.find(({ runId }) => runId === asking)
  await operator.approvals.decide({ id: approval?.id ?? '', version: 1, decision: 'approved' })
  const [row] = await all({ action: 'approval.*' })
  expect(await operator.audit.get({ id: row?.id ?? '' })).toMatchObject({
    actor: 'operator:maria',
    requestedBy: 'the boss, surely',
  })
  expect((await refusal(operator.audit.get({ id: randomUUID() }))).code).toBe('NOT_FOUND')
})

test('a row with which an action began is told with what became of that attempt', async () => {
  const acting = await startRun({ agent_id: 'actor' })
  const begin = async (): Promise<string> => {
    const call = { tool: 'mail', key: 'k', digest: '0'.repeat(64) }
    const { rows } = await db.trial.query<{ id: string }>(
      `select begin_action($1, 0, $2) ->> 'actionId' as id`,
      [acting, call],
    )
    return rows[0]?.id ?? ''
  }
  const end = async (action: string, outcome: object) =>
    db.trial.query('select end_action($1, 0, $2, $3)', [acting, action, outcome])
  const outcomes = async () => {
    const rows = await all({ runId: acting, action: 'action.begin mail', order: 'oldest' })
    const full = await Promise.all(rows.map(async ({ id }) => operator.audit.get({ id })))
    return full.map(({ outcome }) => outcome)
  }
  const action = await begin()
  expect(await outcomes()).toMatchObject([{ state: 'intended', endedAt: null }])
  await end(action, { state: 'failed', error: 'no such box' })
  await begin()
  await end(action, { state: 'confirmed' })
  expect(await outcomes()).toMatchObject([
    { state: 'failed', error: 'no such box' },
    { state: 'confirmed', error: null },
  ])

  // An agent may say of itself that it began an action: only the ledger says what became of one, and of its own run.
  const elsewhere = await startRun({ agent_id: 'actor' })
  for (const id of [action, 'none']) {
    await writes({
      agent_id: 'actor',
      workflow_id: elsewhere,
      action: 'action.begin mail',
      target_table: 'actions',
      target_row_id: id,
      data_after: '{"attempt": 1}',
    })
  }
  for (const { id } of await all({ runId: elsewhere })) {
    expect((await operator.audit.get({ id })).outcome).toBeNull()
  }
})

test('a row says what it is about by name: its run, what was called or asked for, a policy', async () => {
  const asking = await startRun({ agent_id: 'namer', goal: 'Answer the letters' })
  await db.trial.query(
    `insert into approval_queue (workflow_id, requested_by, tool, target) values ($1, 'namer', 'mail.send', 'ana')`,
    [asking],
  )
  const about = async (action: string) => (await all({ action }))[0]?.about
  const goal = 'Answer the letters'
  const asked = { kind: 'action', tool: 'mail.send', target: 'ana', changes: null }
  expect((await all({ runId: asking, order: 'oldest' })).map((row) => row.about)).toEqual([
    { goal, asked: null, name: null },
    { goal, asked, name: null },
  ])
  await operator.policies.save({
    spec: { name: 'Letters', gate: true, tool: 'mail.*' },
    reason: null,
  })
  expect(await about('policy.save')).toEqual({ goal: null, asked: null, name: 'Letters' })
})

test('what an agent’s own row points at in other runs, or among people’s settings, is not named for it', async () => {
  const theirs = await startRun({ agent_id: 'namer' })
  const { rows } = await db.trial.query<{ id: string }>(
    `insert into approval_queue (workflow_id, requested_by, tool) values ($1, 'namer', 'mail.burn') returning approval_id as id`,
    [theirs],
  )
  const [policy] = await all({ action: 'policy.save' })
  const own = await startRun({ agent_id: 'clerk' })
  const points = { agent_id: 'clerk', workflow_id: own, action: 'point' }
  await writes({ ...points, target_table: 'approval_queue', target_row_id: rows[0]?.id })
  await writes({ ...points, target_table: 'approval_policies', target_row_id: policy?.targetRowId })
  await writes({ ...points, target_table: 'actions', target_row_id: 'no id' })
  const pointed = await all({ action: 'point' })
  expect(pointed).toHaveLength(3)
  for (const { about } of pointed) expect(about).toEqual({ goal: null, asked: null, name: null })
})
