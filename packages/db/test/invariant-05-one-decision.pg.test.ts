import { describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { faultsOf } from './support/history.ts'
import * as operators from './support/operators.ts'
import { outcomeOf, refusalOf } from './support/refusal.ts'
import { behind } from './support/waiting.ts'

// Invariant 5: one decision per approval, written once, by a person.
const db = await openContract()

test('of two people who decide at once one wins, and the other is told who', async () => {
  for (let round = 0; round < 20; round += 1) {
    const run = await agents.startPlain(db.alpha)
    const approval = await agents.requestApproval(db.alpha, run)
    const deciding = [
      operators.decide(db.server, approval, 'approved', operators.ANA),
      operators.decide(db.server, approval, 'rejected', operators.BO),
    ]
    const outcomes = await Promise.all(deciding.map(outcomeOf))
    expect(outcomes.toSorted()).toEqual(['HP007', 'accepted'])
    const winner = outcomes[0] === 'accepted' ? operators.ANA : operators.BO
    const late = await refusalOf(operators.decide(db.server, approval, 'approved', 'operator:cy'))
    expect(late.message).toMatch(
      new RegExp(`was (approved|rejected) by ${winner} at .*: nothing was done`),
    )
    const { rows } = await db.admin.query(
      `select decided_by from approval_queue where approval_id = $1 and decided_at is not null`,
      [approval],
    )
    expect(rows).toEqual([{ decided_by: winner }])
    expect(await faultsOf(db.owner, run)).toEqual([])
  }
})

test('a decision that waited behind another one is refused, not written over it', async () => {
  const run = await agents.startPlain(db.alpha)
  const approval = await agents.requestApproval(db.alpha, run)
  const second = behind(
    db.admin,
    { pool: db.server, work: async (c) => operators.decide(c, approval, 'rejected', operators.BO) },
    {
      pool: db.server,
      work: async (c) => operators.decide(c, approval, 'approved', operators.ANA),
    },
  )
  const refusal = await refusalOf(second)
  expect(refusal.code).toBe('HP007')
  expect(refusal.message).toContain('rejected by operator:bo')
})

test('a decision is never changed afterwards, not even by the owner of the tables', async () => {
  const run = await agents.startPlain(db.alpha)
  const approval = await agents.requestApproval(db.alpha, run)
  await operators.decide(db.server, approval, 'rejected')
  const change = (set: string) =>
    outcomeOf(db.owner.query(`update approval_queue set ${set} where approval_id = $1`, [approval]))
  expect(await change("decision = 'approved'")).toBe('HP007')
  expect(await change('decision = null')).toBe('HP007')
  expect(await change("decided_by = 'operator:bo'")).toBe('HP007')
  expect(await outcomeOf(db.owner.query('delete from approval_queue'))).toBe('HP009')
})

describe('what follows from a decision', () => {
  test('yes: the run is cleared, and its agent takes the last edge itself', async () => {
    const run = await agents.startPlain(db.alpha)
    const state = await operators.decide(db.server, await agents.requestApproval(db.alpha, run))
    expect(state).toMatchObject({ status: 'approved', heldBy: [], stopReason: null })
    await agents.setStatus(db.alpha, run, 'running')
    expect((await operators.runOf(db.admin, run)).status).toBe('running')
  })

  test('no: the run stays where it is, until the agent has read it and goes on', async () => {
    const run = await agents.startPlain(db.alpha)
    const approval = await agents.requestApproval(db.alpha, run)
    const state = await operators.decide(db.server, approval, 'rejected')
    expect(state).toMatchObject({ status: 'paused', heldBy: [], stopReason: 'APPROVAL_REJECTED' })
    expect(await outcomeOf(agents.writeStep(db.alpha, run, 'refused action'))).toBe('HP001')
    expect(await outcomeOf(agents.setStatus(db.alpha, run, 'approved'))).toBe('HP001')
    expect(await outcomeOf(agents.setStatus(db.alpha, run, 'running'))).toBe('accepted')
  })

  test('no, and a person lets it go on all the same', async () => {
    const run = await agents.startPlain(db.alpha)
    await operators.decide(db.server, await agents.requestApproval(db.alpha, run), 'rejected')
    expect(await operators.resume(db.server, run)).toMatchObject({ status: 'running', heldBy: [] })
  })

  test('a no among several sticks, in whichever order they are answered', async () => {
    for (const verdicts of [['approved', 'rejected'] as const, ['rejected', 'approved'] as const]) {
      const run = await agents.startPlain(db.alpha)
      const asked = [
        await agents.requestApproval(db.alpha, run),
        await agents.requestApproval(db.alpha, run),
      ]
      for (const [i, approval] of asked.entries()) {
        await operators.decide(db.server, approval, verdicts[i] ?? 'approved')
      }
      expect(await operators.runOf(db.admin, run)).toMatchObject({
        status: 'paused',
        stopReason: 'APPROVAL_REJECTED',
      })
    }
  })

  test('a new request after a no is a new question: its yes clears the run', async () => {
    for (const pausesAgain of [false, true]) {
      const run = await agents.startPlain(db.alpha)
      await operators.decide(db.server, await agents.requestApproval(db.alpha, run), 'rejected')
      if (pausesAgain) await agents.pauseItself(db.alpha, run)
      const state = await operators.decide(db.server, await agents.requestApproval(db.alpha, run))
      expect(state).toMatchObject({ status: 'approved', heldBy: [] })
      expect(await faultsOf(db.owner, run)).toEqual([])
    }
  })

  test('an operator who resumes does not answer for the reviewer', async () => {
    const run = await agents.startPlain(db.alpha)
    await agents.requestApproval(db.alpha, run)
    const refusal = await refusalOf(operators.resume(db.server, run))
    expect(refusal).toMatchObject({ code: 'HP001', hint: 'Approve or reject what it asks for.' })
  })
})

test.each([
  ['no verdict', null],
  ['another word', 'maybe'],
])('%s is no decision', async (_, verdict) => {
  const run = await agents.startPlain(db.alpha)
  const approval = await agents.requestApproval(db.alpha, run)
  const deciding = db.server.query(`select decide_approval($1, 'operator:ana', $2)`, [
    approval,
    verdict,
  ])
  expect(await outcomeOf(deciding)).toBe('HP010')
})
