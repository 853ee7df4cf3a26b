import { afterEach, describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { gating } from './support/gating.ts'
import { faultsOf } from './support/history.ts'
import * as operators from './support/operators.ts'
import { person } from './support/people.ts'
import { one, outcomeOf } from './support/refusal.ts'

// Invariant 5: others may be asked; nothing but their votes approves.
const db = await openContract()
const { gate, theOpen, ungate } = gating(db)
afterEach(ungate)

const votes = async (approval: string, person: string, version: number): Promise<string> =>
  outcomeOf(
    operators.decideOn(db.server, approval, 'approved', { actor: `operator:${person}`, version }),
  )

describe('handing on', () => {
  const quorum = [{ name: 'on-call', count: 1, members: ['operator:ana'] }]
  test('gives one’s part to another, and keeps none', async () => {
    await gate({ quorum })
    const run = await agents.startRun(db.alpha)
    await agents.beginCall(db.alpha, run)
    const approval = await theOpen(run)
    const hand = async (from: string, to: string) =>
      outcomeOf(db.server.query('select delegate_approval($1, $2, $3)', [approval, from, to]))
    expect(await hand('operator:zed', 'operator:bo')).toBe('HP021')
    expect(await hand('operator:ana', 'operator:bo')).toBe('accepted')
    expect(await votes(approval, 'ana', 2)).toBe('HP021')
    expect(await votes(approval, 'bo', 2)).toBe('accepted')
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('is not to whoever is behind the request', async () => {
    const run = await agents.startRun(db.alpha)
    const approval = await agents.askFor(db.alpha, run, { requested_by: 'operator:rita' })
    const hand = db.server.query(`select delegate_approval($1, 'operator:ana', 'operator:rita')`, [
      approval,
    ])
    expect(await outcomeOf(hand)).toBe('HP022')
  })

  test('is only to whoever may answer it now', async () => {
    const gone = await person(db.server, ['reviewer'])
    await db.server.query(`select disable_operator($1, 'operator:root')`, [gone.name])
    const others = [
      'operator:nobody-here',
      'operator:ANA',
      'agent:alpha',
      gone.actor,
      (await person(db.server, ['viewer'])).actor,
      (await person(db.server, ['reviewer'], ['beta'])).actor,
    ]
    const run = await agents.startRun(db.alpha)
    const approval = await agents.askFor(db.alpha, run)
    for (const other of others) {
      const hand = db.server.query('select delegate_approval($1, $2, $3)', [
        approval,
        'operator:bo',
        other,
      ])
      expect([other, await outcomeOf(hand)]).toEqual([other, 'HP031'])
      const ask = db.server.query('select escalate_approval($1, $2, array[$3, $4])', [
        approval,
        'operator:bo',
        'operator:ana',
        other,
      ])
      expect([other, await outcomeOf(ask)]).toEqual([other, 'HP031'])
    }
    expect(await votes(approval, 'bo', 1)).toBe('accepted')
  })

  test('happens by itself at a deadline, step by step, and never approves', async () => {
    await gate({
      quorum,
      expiresAfterS: 60,
      onExpiry: 'escalate',
      escalation: [{ to: ['operator:boss'], afterS: 60 }],
    })
    const run = await agents.startRun(db.alpha)
    await agents.beginCall(db.alpha, run)
    const approval = await theOpen(run)
    const passes = async () => {
      await operators.makeDue(db.owner, approval)
      await db.server.query('select expire_approvals()')
    }
    await passes()
    expect(
      await one(db.admin, 'select * from approval_queue where approval_id = $1', [approval]),
    ).toMatchObject({
      decision: null,
      expired_at: null,
      version: 2,
      assignees: ['operator:boss'],
      escalated: 1,
    })
    expect((await operators.runOf(db.admin, run)).stopReason).toBe('AWAITING_APPROVAL')
    await passes()
    expect((await operators.runOf(db.admin, run)).stopReason).toBe('APPROVAL_EXPIRED')
    expect(await votes(approval, 'boss', 3)).toBe('HP019')
    await db.server.query(
      `select extend_approval($1, 'operator:boss', now() + interval '1 hour')`,
      [approval],
    )
    expect(await votes(approval, 'boss', 4)).toBe('accepted')
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('by hand takes nothing from the steps of the policy', async () => {
    await gate({
      quorum,
      expiresAfterS: 60,
      onExpiry: 'escalate',
      escalation: [{ to: ['operator:boss'], afterS: 60 }],
    })
    const run = await agents.startRun(db.alpha)
    await agents.beginCall(db.alpha, run)
    const approval = await theOpen(run)
    const now = async () =>
      one<{ escalated: number; assignees: string[]; expires_at: Date }>(
        db.admin,
        'select * from approval_queue where approval_id = $1',
        [approval],
      )
    const before = await now()
    await db.server.query(
      `select escalate_approval($1, 'operator:ana', array['operator:eve'], 'I am out', 1)`,
      [approval],
    )
    expect(await now()).toMatchObject({
      escalated: 0,
      assignees: ['operator:eve'],
      expires_at: before.expires_at,
    })
    await operators.makeDue(db.owner, approval)
    await db.server.query('select expire_approvals()')
    expect(await now()).toMatchObject({ escalated: 1, assignees: ['operator:boss'] })
    expect(await votes(approval, 'boss', 3)).toBe('accepted')
  })

  test('is also a person’s to do', async () => {
    await gate({ quorum })
    const run = await agents.startRun(db.alpha)
    await agents.beginCall(db.alpha, run)
    const approval = await theOpen(run)
    await db.server.query(
      `select escalate_approval($1, 'operator:zed', array['operator:eve'], 'ana is ill', 1)`,
      [approval],
    )
    expect(await votes(approval, 'eve', 2)).toBe('accepted')
  })

  test('is not to oneself, nor by someone who is not asked, nor for another’s group', async () => {
    await gate({ quorum: [...quorum, { name: 'finance', count: 1, members: ['operator:bo'] }] })
    const run = await agents.startRun(db.alpha)
    await agents.beginCall(db.alpha, run)
    const approval = await theOpen(run)
    const reviewer = await person(db.server, ['reviewer'])
    const ask = async (actor: string, other: string) =>
      outcomeOf(db.server.query('select escalate_approval($1, $2, $3)', [approval, actor, [other]]))
    expect(await ask(reviewer.actor, reviewer.actor)).toBe('HP021')
    expect(await ask(reviewer.actor, 'operator:eve')).toBe('HP021')
    expect(await ask('operator:zed', 'operator:zed')).toBe('HP021')
    const member = await person(db.server, ['reviewer'])
    await db.server.query(`select delegate_approval($1, 'operator:ana', $2)`, [
      approval,
      member.actor,
    ])
    expect(await ask(member.actor, 'operator:eve')).toBe('accepted')
    const row = await one(db.admin, 'select quorum from approval_queue where approval_id = $1', [
      approval,
    ])
    expect(row).toMatchObject({
      quorum: [
        { name: 'on-call', members: ['operator:eve', member.actor] },
        { name: 'finance', members: ['operator:bo'] },
      ],
    })
  })
})
