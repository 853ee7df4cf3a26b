import { randomUUID } from 'node:crypto'

import { expect, test } from 'vitest'

import { askServer } from '../../test/ask.ts'

const { db, operator } = await askServer()

const ask = async <T>(text: string, ...values: unknown[]): Promise<T | undefined> =>
  (await db.trial.query<{ answer: T }>(`select ${text} as answer`, values)).rows[0]?.answer

const send = async (run: string, key: string): Promise<string> => {
  const call = { tool: 'bank.transfer', digest: '0'.repeat(64), key }
  const answer = await ask<{ actionId: string }>(
    'begin_action($1, 1, $2)',
    run,
    JSON.stringify(call),
  )
  return answer?.actionId ?? ''
}

const end = async (run: string, action: string, state: string) =>
  ask('end_action($1, 1, $2, $3)', run, action, JSON.stringify({ state }))

async function startedRun(): Promise<string> {
  const run = randomUUID()
  await ask('start_run($1)', JSON.stringify({ runId: run, agentId: 'a', worker: 'w' }))
  return run
}

const seqOf = async (run: string): Promise<number> => {
  const { rows } = await db.server.query<{ seq: number }>(
    `select max(seq)::integer as seq from run_events where workflow_id = $1`,
    [run],
  )
  return rows[0]?.seq ?? 0
}

const begunSeqs = async (run: string): Promise<number[]> => {
  const { rows } = await db.server.query<{ seq: number }>(
    `select seq::integer as seq from run_events where workflow_id = $1
      and kind in ('run.step', 'action.intended') order by seq`,
    [run],
  )
  return rows.map(({ seq }) => seq)
}

async function told(run: string, seq: number) {
  const { rows } = await operator.history.spansAt({ id: run, seq, seqs: await begunSeqs(run) })
  return rows.map((span) =>
    span.kind === 'step'
      ? [span.name, span.kept?.state, span.kept?.endedAt !== null]
      : [span.name, span.state, span.endedAt !== null],
  )
}

test('a step and an action are told as they were after each event of the run', async () => {
  const run = await startedRun()
  await ask(`begin_step($1, 1, 'pay', 1)`, run)
  const begun = await seqOf(run)
  const action = await send(run, 'k')
  const inFlight = await seqOf(run)
  await end(run, action, 'confirmed')
  const confirmed = await seqOf(run)
  await ask(`end_step($1, 1, 'pay', 1, '{"result": 1}')`, run)
  const done = await seqOf(run)

  // What began later is not there.
  expect(await told(run, begun)).toEqual([['pay', 'running', false]])
  expect(await told(run, inFlight)).toEqual([
    ['pay', 'running', false],
    ['bank.transfer', 'intended', false],
  ])
  expect(await told(run, confirmed)).toEqual([
    ['pay', 'running', false],
    ['bank.transfer', 'confirmed', true],
  ])
  expect(await told(run, done)).toEqual([
    ['pay', 'done', true],
    ['bank.transfer', 'confirmed', true],
  ])
})

test('what a run left in flight is unknown from its end on, and what a person said of it from then on', async () => {
  const run = await startedRun()
  const action = await send(run, 'k')
  const inFlight = await seqOf(run)
  await operator.runs.kill({ id: run, reason: 'duplicate' })
  const killed = await seqOf(run)
  await operator.runs.settleAction({
    actionId: action,
    landed: true,
    reason: 'it is in the outbox',
  })
  const settled = await seqOf(run)
  expect(await told(run, inFlight)).toEqual([['bank.transfer', 'intended', false]])
  expect(await told(run, killed)).toEqual([['bank.transfer', 'unknown', true]])
  expect(await told(run, settled)).toEqual([['bank.transfer', 'confirmed', true]])
})
