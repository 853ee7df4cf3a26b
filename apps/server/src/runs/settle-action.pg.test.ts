import { randomUUID } from 'node:crypto'

import { expect, test } from 'vitest'

import { askServer, refusal } from '../../test/ask.ts'

const { as, db, operator } = await askServer()

/** A run of a worker that does not know what became of its action. */
async function unknownAction(): Promise<{ run: string; action: string }> {
  const run = randomUUID()
  await db.trial.query('select start_run($1)', [
    JSON.stringify({ runId: run, agentId: 'a', worker: 'w' }),
  ])
  const call = { tool: 'send_email', digest: '0'.repeat(64), key: 'k' }
  const ask = async () => {
    const { rows } = await db.trial.query<{ answer: { decision: string; actionId: string } }>(
      'select begin_action($1, 1, $2) as answer',
      [run, JSON.stringify(call)],
    )
    return rows[0]?.answer
  }
  const action = (await ask())?.actionId ?? ''
  await db.trial.query('select end_action($1, 1, $2, $3)', [
    run,
    action,
    JSON.stringify({ state: 'unknown', error: 'timeout' }),
  ])
  // Asked again, the gate holds the run: nobody knows whether it landed.
  expect((await ask())?.decision).toBe('hold')
  return { run, action }
}

test('an action that landed is confirmed with its answer, and its run goes on', async () => {
  const { run, action } = await unknownAction()
  expect((await operator.runs.get({ id: run })).run).toMatchObject({
    stopReason: 'UNKNOWN_OUTCOME',
  })
  const settled = await operator.runs.settleAction({
    actionId: action,
    landed: true,
    reason: 'it is in the outbox',
    response: { id: 'msg-1', to: null },
  })
  expect(settled).toMatchObject({ id: run, status: 'running', heldBy: [] })
  const { rows } = await db.owner.query(
    'select state, response, settled_by, settled_why from actions where action_id = $1',
    [action],
  )
  expect(rows).toEqual([
    {
      state: 'confirmed',
      response: { id: 'msg-1', to: null },
      settled_by: 'operator:maria',
      settled_why: 'it is in the outbox',
    },
  ])
  const audit = await operator.audit.list({ runId: run })
  expect(audit.rows.filter(({ action }) => action === 'action.settle')).toHaveLength(1)
})

test('an action that did not land has failed and may be tried again; nobody settles twice', async () => {
  const { run, action } = await unknownAction()
  const says = { actionId: action, landed: false, reason: 'the outbox is empty' }
  expect(await operator.runs.settleAction(says)).toMatchObject({ status: 'running' })
  expect(await refusal(operator.runs.settleAction({ ...says, landed: true }))).toMatchObject({
    code: 'NOTHING_TO_DO',
  })
  const { rows } = await db.owner.query('select state from actions where workflow_id = $1', [run])
  expect(rows).toEqual([{ state: 'failed' }])
})

test('without a reason, an action, or the right to, nothing is settled', async () => {
  const { action } = await unknownAction()
  await expect(
    operator.runs.settleAction({ actionId: action, landed: true, reason: '  ' }),
  ).rejects.toThrow(/say why/)
  expect(
    await refusal(
      operator.runs.settleAction({ actionId: randomUUID(), landed: true, reason: 'r' }),
    ),
  ).toMatchObject({ code: 'ACTION_NOT_FOUND' })
  const guest = as('operator:guest', ['read'])
  expect(
    await refusal(guest.runs.settleAction({ actionId: action, landed: true, reason: 'r' })),
  ).toMatchObject({ code: 'FORBIDDEN' })
})
