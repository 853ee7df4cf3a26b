import { describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { faultsOf } from './support/history.ts'
import * as operators from './support/operators.ts'
import { one, outcomeOf, transaction } from './support/refusal.ts'
import { behind } from './support/waiting.ts'

// Invariant 9: after a crash each action is in one known state, and `unknown` is never retried by itself.
const db = await openContract()

const stateOf = async (action: string) =>
  one(db.admin, 'select state, attempt from actions where action_id = $1', [action])

async function unknownAction() {
  const run = await agents.startRun(db.alpha)
  const action = await agents.allowedAction(db.alpha, run)
  await operators.loseWorker(db.owner, db.server, run)
  await agents.claimRun(db.alpha, run)
  return { run, action }
}

describe('an action whose outcome nobody knows', () => {
  test('is named so when its worker is lost, beside the run', async () => {
    const run = await agents.startRun(db.alpha)
    const action = await agents.allowedAction(db.alpha, run)
    await operators.loseWorker(db.owner, db.server, run)
    expect(await stateOf(action)).toEqual({ state: 'unknown', attempt: 1 })
    const lost = await operators.runOf(db.admin, run)
    expect(lost).toMatchObject({ status: 'lost', stopReason: 'WORKER_LOST' })
    expect(lost.stopDetail).toContain('1 action in flight, outcome unknown')
  })

  test('is not tried again by the next worker', async () => {
    const { run, action } = await unknownAction()
    const answer = await agents.beginAction(db.alpha, run, 2)
    expect(answer).toEqual({
      decision: 'hold',
      stopReason: 'UNKNOWN_OUTCOME',
      why: 'nobody knows whether send_email on a@example.com landed',
    })
    expect(await stateOf(action)).toEqual({ state: 'unknown', attempt: 1 })
    // It stands in the way of everything else, until someone says.
    expect((await agents.beginAction(db.alpha, run, 2, { key: 'key-2' })).decision).toBe('hold')
    expect(await operators.runOf(db.admin, run)).toMatchObject({
      status: 'paused',
      heldBy: ['outcome'],
      stopReason: 'UNKNOWN_OUTCOME',
    })
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('is tried again where its tool is declared idempotent', async () => {
    const { run, action } = await unknownAction()
    const answer = await agents.beginAction(db.alpha, run, 2, { idempotent: true })
    expect(answer).toEqual({ decision: 'allow', actionId: action, attempt: 2 })
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('is not tried again by a call that waited while another one lost it', async () => {
    const run = await agents.startRun(db.alpha)
    const second = behind(
      db.admin,
      {
        pool: db.alpha,
        work: async (client) => {
          const action = await agents.allowedAction(client, run)
          await agents.endAction(client, run, action, { state: 'unknown' })
        },
      },
      { pool: db.alpha, work: async (client) => agents.beginAction(client, run) },
    )
    expect(await outcomeOf(second)).toBe('HP015')
    expect(await agents.beginAction(db.alpha, run)).toMatchObject({
      decision: 'hold',
      stopReason: 'UNKNOWN_OUTCOME',
    })
    expect(await faultsOf(db.owner, run)).toEqual([])
  })
})

test('a retry that waited while another one failed and lost it does not go either', async () => {
  const run = await agents.startRun(db.alpha)
  const action = await agents.allowedAction(db.alpha, run)
  await agents.endAction(db.alpha, run, action, { state: 'failed' })
  const second = await behind(
    db.admin,
    {
      pool: db.alpha,
      work: async (client) => {
        await agents.allowedAction(client, run)
        await agents.endAction(client, run, action, { state: 'unknown' })
      },
    },
    { pool: db.alpha, work: async (client) => agents.beginAction(client, run) },
  )
  expect(second).toMatchObject({ decision: 'hold', stopReason: 'UNKNOWN_OUTCOME' })
  expect(await faultsOf(db.owner, run)).toEqual([])
})

test('of two calls with one key only one begins', async () => {
  for (let round = 0; round < 15; round += 1) {
    const run = await agents.startRun(db.alpha)
    const calls = [agents.beginAction(db.alpha, run), agents.beginAction(db.alpha, run)]
    const answers = await Promise.allSettled(calls)
    const allowed = answers.filter((a) => a.status === 'fulfilled' && a.value.decision === 'allow')
    expect(allowed).toHaveLength(1)
    expect(await faultsOf(db.owner, run)).toEqual([])
  }
})

describe('a key', () => {
  test('that was confirmed answers with its response and runs nothing', async () => {
    const run = await agents.startRun(db.alpha)
    const action = await agents.allowedAction(db.alpha, run)
    await agents.endAction(db.alpha, run, action, { state: 'confirmed', response: { id: 7 } })
    const { seq } = await operators.runOf(db.admin, run)
    const again = await agents.beginAction(db.alpha, run)
    expect(again).toEqual({ decision: 'done', actionId: action, response: { id: 7 } })
    expect((await operators.runOf(db.admin, run)).seq).toBe(seq)
  })

  test.each([
    ['other arguments', { digest: agents.digestOf('other') }],
    ['another tool', { tool: 'wire_money' }],
    ['another target', { target: 'b@example.com' }],
  ])('stands for one request: %s under it are refused', async (_, change) => {
    const run = await agents.startRun(db.alpha)
    const action = await agents.allowedAction(db.alpha, run)
    await agents.endAction(db.alpha, run, action, { state: 'failed' })
    const answer = await agents.beginAction(db.alpha, run, 1, change)
    expect(answer).toMatchObject({ decision: 'deny', code: 'INVALID_INPUT' })
  })

  test('that failed may be tried again, and says which attempt it is', async () => {
    const run = await agents.startRun(db.alpha)
    const action = await agents.allowedAction(db.alpha, run)
    await agents.endAction(db.alpha, run, action, { state: 'failed', errorClass: 'transient' })
    expect(await agents.beginAction(db.alpha, run)).toMatchObject({ decision: 'allow', attempt: 2 })
  })

  test.each([
    ['no tool', { tool: '' }],
    ['no key', { key: '' }],
    ['no digest', { digest: 'abc' }],
    ['a digest of other letters', { digest: 'Z'.repeat(64) }],
  ])('%s: nothing begins', async (_, change) => {
    const run = await agents.startRun(db.alpha)
    expect(await outcomeOf(agents.beginAction(db.alpha, run, 1, change))).toBe('HP010')
  })
})

describe('a report', () => {
  test('sent twice changes nothing the second time', async () => {
    const run = await agents.startRun(db.alpha)
    const action = await agents.allowedAction(db.alpha, run)
    const report = { state: 'confirmed', tokensIn: 10 }
    await agents.endAction(db.alpha, run, action, report)
    const once = await operators.runOf(db.admin, run)
    expect(await agents.endAction(db.alpha, run, action, report)).toEqual({
      accepted: true,
      late: false,
    })
    expect(await operators.runOf(db.admin, run)).toEqual(once)
  })

  test('that contradicts the first is kept as evidence and changes nothing', async () => {
    const run = await agents.startRun(db.alpha)
    const action = await agents.allowedAction(db.alpha, run)
    await agents.endAction(db.alpha, run, action, { state: 'failed' })
    expect(await agents.endAction(db.alpha, run, action, { state: 'confirmed' })).toMatchObject({
      late: true,
    })
    expect(await stateOf(action)).toMatchObject({ state: 'failed' })
  })

  test('of an action that was never begun is refused', async () => {
    const run = await agents.startRun(db.alpha)
    const other = await agents.startRun(db.alpha)
    const action = await agents.allowedAction(db.alpha, other)
    expect(await outcomeOf(agents.endAction(db.alpha, run, action, { state: 'confirmed' }))).toBe(
      'HP013',
    )
    expect(await outcomeOf(agents.endAction(db.alpha, other, action, { state: 'great' }))).toBe(
      'HP010',
    )
  })
})

test('an action that was begun and rolled back never was', async () => {
  const run = await agents.startRun(db.alpha)
  const begun = transaction(db.alpha, async (client) => {
    await agents.allowedAction(client, run)
    throw new Error('crashed')
  })
  await expect(begun).rejects.toThrow('crashed')
  expect(
    (await db.admin.query('select 1 from actions where workflow_id = $1', [run])).rows,
  ).toEqual([])
  expect(await faultsOf(db.owner, run)).toEqual([])
})
