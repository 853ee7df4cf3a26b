import { expect, test } from 'vitest'

import { askServer, refusal } from '../../test/ask.ts'

const { as, db, operator, startRun } = await askServer()

const spend = async (run: string, tokens: number) =>
  db.trial.query('update workflow_checkpoints set tokens_in = $2 where workflow_id = $1', [
    run,
    tokens,
  ])

test('a run that used up its budget goes on with a higher limit, not with a resume', async () => {
  const run = await startRun({ limit_tokens: 100 })
  await spend(run, 100)
  expect((await operator.runs.get({ id: run })).run).toMatchObject({
    status: 'paused',
    stopReason: 'BUDGET_EXCEEDED',
  })
  expect(await refusal(operator.runs.resume({ id: run }))).toMatchObject({ code: 'RUN_HELD' })
  // Enough for nothing: the limit is higher, the run still held.
  const raised = await operator.runs.raiseLimits({ id: run, limits: { steps: 9 }, reason: 'r' })
  expect(raised).toMatchObject({ status: 'paused', limits: { tokens: 100, steps: 9 } })
  expect(
    await operator.runs.raiseLimits({ id: run, limits: { tokens: 101 }, reason: 'worth it' }),
  ).toMatchObject({ status: 'running', heldBy: [], limits: { tokens: 101 } })
  await spend(run, 200)
  expect(await operator.runs.raiseLimits({ id: run, limits: { tokens: null } })).toMatchObject({
    status: 'running',
    limits: { tokens: null, steps: 9 },
  })
  const audit = await operator.audit.list({ runId: run })
  expect(audit.rows.filter(({ action }) => action === 'run.raise_limits')).toHaveLength(3)
})

test('every limit has its own name and unit', async () => {
  const run = await startRun()
  const limits = {
    tokens: 9_000_000_000,
    costUsd: 1.5,
    steps: 3,
    deadline: '2999-01-01T00:00:00+02:00',
  }
  expect((await operator.runs.raiseLimits({ id: run, limits })).limits).toMatchObject({
    tokens: 9_000_000_000,
    costUsd: 1.5,
    steps: 3,
    deadline: expect.stringMatching(/^2998-12-31T22:00:00/) as string,
  })
})

test('what is no raise is refused, and changes nothing', async () => {
  const run = await startRun({ limit_tokens: 100 })
  const raise = async (limits: object) => operator.runs.raiseLimits({ id: run, limits })
  expect(await refusal(raise({ tokens: 99 }))).toMatchObject({ code: 'INVALID_INPUT' })
  for (const limits of [
    {},
    { token: 200 },
    { tokens: 1.5 },
    { steps: -1 },
    { costUsd: Number.NaN },
    { deadline: 'tomorrow' },
    { deadline: '2999-01-01T00:00:00' },
  ]) {
    await expect(raise(limits)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  }
  // Such an instant the database does not keep.
  for (const deadline of [
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
    '2999-01-01T00:00:00+23:59',
  ]) {
    expect(await refusal(raise({ deadline }))).toMatchObject({ code: 'BAD_REQUEST' })
  }
  await operator.runs.kill({ id: run })
  expect(await refusal(raise({ tokens: 200 }))).toMatchObject({ code: 'RUN_ENDED' })
  const guest = as('operator:guest', ['read'])
  expect(await refusal(guest.runs.raiseLimits({ id: run, limits: { tokens: 200 } }))).toMatchObject(
    { code: 'FORBIDDEN' },
  )
})
