import { describe, expect, test, vi } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { faultsOf } from './support/history.ts'
import * as operators from './support/operators.ts'
import { one, outcomeOf } from './support/refusal.ts'
import { behind } from './support/waiting.ts'

// Invariant 5: expired is an outcome of its own. It is not a no, and never a yes.
const db = await openContract()

const soon = (): Date => new Date(Date.now() + 3_600_000)

async function overdue(on_expiry: string): Promise<{ run: string; approval: string }> {
  const run = await agents.startRun(db.alpha)
  const approval = await agents.askFor(db.alpha, run, { expires_at: soon(), on_expiry })
  await operators.makeDue(db.owner, approval)
  return { run, approval }
}

const expire = async (): Promise<number> =>
  one<{ n: number }>(db.server, 'select expire_approvals() as n').then(({ n }) => n)

const rowOf = async (approval: string): Promise<Record<string, unknown>> =>
  one(db.admin, 'select * from approval_queue where approval_id = $1', [approval])

test('nobody decides what has expired, also before anyone has noticed', async () => {
  for (const verdict of ['approved', 'rejected'] as const) {
    const { approval } = await overdue('hold')
    expect(await outcomeOf(operators.decideOn(db.server, approval, verdict))).toBe('HP019')
    // A refusal is heard a moment before its locks are gone, and what is locked is left for the next round.
    await vi.waitFor(async () => expect(await expire()).toBe(1), { timeout: 60_000 })
    const late = operators.decideOn(db.server, approval, verdict, { version: 2 })
    expect(await outcomeOf(late)).toBe('HP019')
    expect(await rowOf(approval)).toMatchObject({ decision: null })
  }
})

test('not even the owner of the tables writes a yes on what has expired', async () => {
  const { approval } = await overdue('hold')
  const write = db.owner.query(
    `update approval_queue set decision = 'approved', decided_by = 'operator:x' where approval_id = $1`,
    [approval],
  )
  expect(await outcomeOf(write)).toBe('HP019')
})

describe('one that is closed at its deadline', () => {
  test('says to whoever answers it that it expired, and what may come next', async () => {
    const { approval } = await overdue('reject')
    await expire()
    const told = operators.decideOn(db.server, approval, 'approved', { version: 2 })
    await expect(told).rejects.toMatchObject({
      code: 'HP019',
      hint: 'It is closed: the agent reads that, and may ask again.',
    })
  })

  test('lets the run go on by its own edge: the agent reads that nobody decided', async () => {
    const { run, approval } = await overdue('reject')
    await expire()
    const { decision, closed_at } = await rowOf(approval)
    expect([decision, closed_at === null]).toEqual([null, false])
    expect(await operators.runOf(db.admin, run)).toMatchObject({
      status: 'paused',
      heldBy: [],
      stopReason: 'APPROVAL_EXPIRED',
    })
    await agents.setStatus(db.alpha, run, 'running')
    expect(await agents.beginCall(db.alpha, run)).toMatchObject({
      decision: 'deny',
      code: 'APPROVAL_EXPIRED',
    })
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('is closed for good', async () => {
    const { approval } = await overdue('reject')
    await expire()
    const extend = db.server.query(
      `select extend_approval($1, 'operator:ana', now() + interval '1 hour')`,
      [approval],
    )
    expect(await outcomeOf(extend)).toBe('HP008')
  })
})

test('one that stays held waits for a person who gives it more time', async () => {
  const { run, approval } = await overdue('hold')
  await expire()
  expect(await operators.runOf(db.admin, run)).toMatchObject({
    heldBy: ['approval'],
    stopReason: 'APPROVAL_EXPIRED',
  })
  await db.server.query(`select extend_approval($1, 'operator:bo', $2, 'on holiday', 2)`, [
    approval,
    soon(),
  ])
  expect((await operators.runOf(db.admin, run)).stopReason).toBe('AWAITING_APPROVAL')
  await operators.decideOn(db.server, approval, 'approved', { version: 3 })
  expect(await agents.beginCall(db.alpha, run)).toMatchObject({ decision: 'allow' })
  expect(await faultsOf(db.owner, run)).toEqual([])
})

test('a yes that was not used by its deadline is none any more', async () => {
  const run = await agents.startRun(db.alpha)
  const approval = await agents.askFor(db.alpha, run, { expires_at: soon() })
  await operators.decideOn(db.server, approval, 'approved')
  // What is decided changes no more, so the deadline is moved behind the back of the rules.
  await db.owner.query(
    `alter table approval_queue disable trigger user;
     update approval_queue set expires_at = clock_timestamp() - interval '1 ms' where approval_id = '${approval}';
     alter table approval_queue enable trigger user`,
  )
  expect(await agents.beginCall(db.alpha, run)).toMatchObject({ code: 'APPROVAL_EXPIRED' })
})

test('a decision that waited behind the expiry is refused; an expiry behind a decision does nothing', async () => {
  const first = await overdue('reject')
  const late = behind(
    db.admin,
    { pool: db.server, work: async (c) => c.query('select expire_approvals()') },
    {
      pool: db.server,
      work: async (c) => operators.decideOn(c, first.approval, 'approved', { version: 1 }),
    },
  )
  expect(await outcomeOf(late)).toMatch(/^HP0(19|20)$/)
  expect(await rowOf(first.approval)).toMatchObject({ decision: null })
})

test('expiry and decisions from several connections leave one outcome', async () => {
  for (let round = 0; round < 15; round += 1) {
    const run = await agents.startRun(db.alpha)
    const expires_at = new Date(Date.now() + 12)
    const approval = await agents.askFor(db.alpha, run, { expires_at, on_expiry: 'reject' })
    const outcomes = await Promise.all([
      ...[operators.ANA, operators.BO].map(async (actor) =>
        outcomeOf(operators.decideOn(db.server, approval, 'approved', { actor })),
      ),
      ...Array.from({ length: 4 }, async () => outcomeOf(expire())),
    ])
    expect(outcomes.filter((each) => !/^(accepted|HP007|HP019|HP020)$/.test(each))).toEqual([])
    const row = await rowOf(approval)
    const yeses = outcomes.slice(0, 2).filter((each) => each === 'accepted').length
    expect(yeses).toBe(row['decision'] === 'approved' ? 1 : 0)
    expect(row['decision'] === null || row['expired_at'] === null).toBe(true)
    expect(await faultsOf(db.owner, run)).toEqual([])
  }
})
