import { afterEach, describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { awaiting, gating } from './support/gating.ts'
import { faultsOf } from './support/history.ts'
import * as operators from './support/operators.ts'
import { ADA, fresh, person, secret } from './support/people.ts'
import { one, outcomeOf } from './support/refusal.ts'
import { behind } from './support/waiting.ts'

// Invariants 5 and 13: a standing approval, a yes for calls to come, holds within its bounds, and no further.
const db = await openContract()
const { gate, made, theOpen, ungate } = gating(db)
afterEach(ungate)

const allow = async (run: string, further: object, actor = operators.ANA): Promise<string> =>
  outcomeOf(
    db.server.query(`select decide_approval($1, $2, 'approved', 'routine', 1, null, $3)`, [
      await theOpen(run),
      actor,
      further,
    ]),
  )

const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString()

describe('a yes for calls to come', () => {
  test('for the rest of the run ends with it, and is no other run’s', async () => {
    await gate()
    const run = await agents.startRun(db.alpha)
    await agents.beginCall(db.alpha, run)
    expect(await allow(run, { scope: 'run' })).toBe('accepted')
    for (const [key, order] of Object.entries([7, 8, 9])) {
      const call = agents.beginCall(db.alpha, run, { order, eur: 12.5 }, { key })
      expect(await call).toMatchObject({ decision: 'allow' })
    }
    const other = await agents.startRun(db.alpha)
    expect(await agents.beginCall(db.alpha, other)).toMatchObject(awaiting)
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('for an agent holds within its condition, so often, until it is revoked', async () => {
    await gate()
    const run = await agents.startRun(db.alpha)
    await agents.beginCall(db.alpha, run)
    const further = { scope: 'agent', condition: '$.eur < 20', maxUses: 2, until: inAnHour() }
    expect(await allow(run, further)).toBe('accepted')
    const call = async (eur: number) => {
      const next = await agents.startRun(db.alpha)
      return (await agents.beginCall(db.alpha, next, { order: 1, eur })).decision
    }
    expect([await call(21), await call(1), await call(2), await call(3)]).toEqual([
      'hold',
      'allow',
      'allow',
      'hold',
    ])
  })

  test('is used no oftener by calls that come at once', async () => {
    await gate()
    const run = await agents.startRun(db.alpha)
    await agents.beginCall(db.alpha, run)
    const further = { scope: 'agent', condition: '$.eur < 20', maxUses: 3, until: inAnHour() }
    await allow(run, further)
    const runs = await Promise.all(Array.from({ length: 8 }, async () => agents.startRun(db.alpha)))
    const answers = await Promise.all(runs.map(async (each) => agents.beginCall(db.alpha, each)))
    expect(answers.filter(({ decision }) => decision === 'allow')).toHaveLength(3)
  })

  test('is over when it is revoked, and when the policy changes', async () => {
    for (const end of [
      async () =>
        db.server.query(
          `select revoke_standing_approval(standing_id, 'operator:bo') from standing_approvals where revoked_at is null`,
        ),
      async () => gate({ fourEyes: false }, made.at(-1)),
    ]) {
      if (made.length === 0) await gate()
      const run = await agents.startRun(db.alpha)
      await agents.beginCall(db.alpha, run)
      await allow(run, { scope: 'run' })
      await agents.beginCall(db.alpha, run)
      await end()
      const again = await agents.beginCall(db.alpha, run, { order: 9 }, { key: 'later' })
      expect(again).toMatchObject(awaiting)
      await operators.kill(db.server, run)
    }
  })

  test.each([
    ['without a condition', { scope: 'agent', maxUses: 1, until: inAnHour() }, 'HP010'],
    ['for ever', { scope: 'agent', condition: '$.eur < 1', maxUses: 1 }, 'HP010'],
    [
      'for a year',
      { scope: 'agent', condition: '$.eur < 1', maxUses: 1, until: '2999-01-01T00:00:00Z' },
      'HP010',
    ],
    ['for everyone', { scope: 'all' }, 'HP010'],
  ])('is not %s', async (_, further, code) => {
    await gate()
    const run = await agents.startRun(db.alpha)
    await agents.beginCall(db.alpha, run)
    expect(await allow(run, further)).toBe(code)
    expect((await operators.runOf(db.admin, run)).heldBy).toEqual(['approval'])
  })

  test('is not one person’s where the request needs several', async () => {
    await gate({ quorum: [{ name: 'any', count: 2 }] })
    const run = await agents.startRun(db.alpha)
    await agents.beginCall(db.alpha, run)
    expect(await allow(run, { scope: 'run' })).toBe('HP021')
  })
})

/** One for alpha's small refunds, more often and longer than the test needs. */
async function standing(more: object = {}, by = operators.ANA): Promise<string> {
  await gate()
  const run = await agents.startRun(db.alpha)
  await agents.beginCall(db.alpha, run)
  const approval = await theOpen(run)
  const further = { scope: 'agent', condition: '$.eur < 20', maxUses: 9, until: inAnHour() }
  expect(await allow(run, { ...further, ...more }, by)).toBe('accepted')
  return one<{ id: string }>(
    db.admin,
    'select standing_id as id from standing_approvals where approval_id = $1',
    [approval],
  ).then(({ id }) => id)
}

const usesOf = async (id: string): Promise<number> =>
  one<{ uses: number }>(db.admin, 'select uses from standing_approvals where standing_id = $1', [
    id,
  ]).then(({ uses }) => uses)

const newCall = async (more: Record<string, unknown> = {}) =>
  agents.beginCall(db.alpha, await agents.startRun(db.alpha), agents.REFUND, more)

const ask = async () => agents.askFor(db.alpha, await agents.startRun(db.alpha))

const decided = async (approval: string) =>
  one(db.admin, 'select decided_by from approval_queue where approval_id = $1', [approval])

const stands = async (id: string): Promise<boolean> =>
  one<{ stands: boolean }>(db.server, 'select still_stands($1) as stands', [id]).then(
    (row) => row.stands,
  )

describe('a standing approval', () => {
  test('is none once its time is over', async () => {
    const id = await standing()
    expect(await newCall()).toMatchObject({ decision: 'allow' })
    await db.owner.query(
      `update standing_approvals set expires_at = clock_timestamp() - interval '1 ms' where standing_id = $1`,
      [id],
    )
    expect(await newCall()).toMatchObject(awaiting)
    expect(await usesOf(id)).toBe(1)
  })

  test('is none once it is spent, also for a request of the agent’s own', async () => {
    const id = await standing({ maxUses: 1 })
    expect(await decided(await ask())).toEqual({ decided_by: `standing:${id}` })
    expect(await decided(await ask())).toEqual({ decided_by: null })
    expect(await newCall()).toMatchObject(awaiting)
    expect(await usesOf(id)).toBe(1)
  })

  test('for one target is for no other, nor for none', async () => {
    const id = await standing({ target: 'order 7' })
    expect(await newCall({ target: 'order 8' })).toMatchObject(awaiting)
    expect(await newCall({ target: null })).toMatchObject(awaiting)
    expect(await newCall({ target: 'order 7' })).toMatchObject({ decision: 'allow' })
    expect(await usesOf(id)).toBe(1)
  })

  test('may look at the target, too', async () => {
    await standing({ condition: '$target starts with "order " && $.eur < 20' })
    expect(await newCall({ target: 'invoice 7' })).toMatchObject(awaiting)
    expect(await newCall({ target: 'order 7' })).toMatchObject({ decision: 'allow' })
  })

  test('is none for another agent, nor under a policy that came in the place of its own', async () => {
    await standing()
    const beta = await agents.startRun(db.beta, { agentId: 'beta' })
    expect(await agents.beginCall(db.beta, beta)).toMatchObject(awaiting)
    // More specific, so it rules alpha's calls from here on.
    await gate({ agentId: 'alpha' })
    expect(await newCall()).toMatchObject(awaiting)
  })

  test.each([
    ['is disabled, and does not come back with them', 'disable_operator($1, $2)'],
    ['may not decide any more', `change_operator($1, '{viewer}', null, null, $2)`],
    ['may not for its agent', `change_operator($1, '{reviewer}', '{beta}', null, $2)`],
  ])('is none once its person %s', async (_, barring) => {
    const who = await person(db.server, ['reviewer'])
    const id = await standing({}, who.actor)
    expect(await newCall()).toMatchObject({ decision: 'allow' })
    expect(await stands(id)).toBe(true)
    await db.server.query(`select ${barring}`, [who.name, ADA])
    expect(await newCall()).toMatchObject(awaiting)
    expect(await stands(id)).toBe(false)
    if (!barring.startsWith('disable')) return
    await db.server.query('select enable_operator($1, $2)', [who.name, ADA])
    expect(await newCall()).toMatchObject(awaiting)
  })

  test('does not answer what its person is behind: what they ask for, or what an agent of theirs does', async () => {
    const who = await person(db.server, ['reviewer'])
    const id = await standing({}, who.actor)
    const asking = async (by: string) =>
      decided(await agents.askFor(db.alpha, await agents.startRun(db.alpha), { requested_by: by }))
    const uses = await usesOf(id)
    for (const by of [who.actor, who.name]) expect(await asking(by)).toEqual({ decided_by: null })
    expect(await usesOf(id)).toBe(uses)
    expect(await asking('operator:bo')).not.toEqual({ decided_by: null })
    expect(await usesOf(id)).toBe(uses + 1)
    const own = async (owner: string | null) =>
      db.server.query(`select own_agent_login('alpha', $1, $2)`, [owner, ADA])
    await own(who.actor)
    expect(await newCall()).toMatchObject(awaiting)
    expect(await stands(id)).toBe(false)
    await own(null)
    expect(await newCall()).toMatchObject({ decision: 'allow' })
    expect(await stands(id)).toBe(true)
  })

  test('that a token gave is none once the token is revoked', async () => {
    const hand = fresh('hand')
    await db.server.query(`select make_token($1, $2, '{read,decide}', null, null, $3)`, [
      hand,
      secret(),
      operators.ANA,
    ])
    const id = await standing({}, `token:${hand}`)
    expect(await newCall()).toMatchObject({ decision: 'allow' })
    await db.server.query('select revoke_token($1, $2)', [hand, ADA])
    expect(await newCall()).toMatchObject(awaiting)
    expect(await stands(id)).toBe(false)
  })

  test('is told to stand as long as some call could use it', async () => {
    const id = await standing()
    await gate({ skill: 'billing' })
    // Runs of other skills are ruled as before.
    expect(await stands(id)).toBe(true)
    await gate({ agentId: 'alpha' })
    expect(await stands(id)).toBe(false)
  })

  test('that is revoked while a call is under way is not used by it, where the revoking was first', async () => {
    const id = await standing()
    const run = await agents.startRun(db.alpha)
    const answer = await behind(
      db.admin,
      {
        pool: db.server,
        work: async (c) => c.query('select revoke_standing_approval($1, $2)', [id, operators.BO]),
      },
      { pool: db.alpha, work: async (c) => agents.beginCall(c, run) },
    )
    expect(answer).toMatchObject(awaiting)
    expect(await usesOf(id)).toBe(0)
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('that is revoked while a call is under way lets that call begin, where it was first, and no other', async () => {
    const id = await standing()
    const run = await agents.startRun(db.alpha)
    let answer: agents.GateAnswer | undefined
    const revoking = behind(
      db.admin,
      {
        pool: db.alpha,
        work: async (c) => (answer = await agents.beginCall(c, run)),
      },
      {
        pool: db.server,
        work: async (c) =>
          outcomeOf(c.query('select revoke_standing_approval($1, $2)', [id, operators.BO])),
      },
    )
    expect(await revoking).toBe('accepted')
    expect(answer).toMatchObject({ decision: 'allow' })
    expect(await newCall()).toMatchObject(awaiting)
    expect(await usesOf(id)).toBe(1)
  })

  test('is revoked once, and who comes second is told so', async () => {
    const id = await standing()
    const revoke = async () =>
      outcomeOf(db.server.query('select revoke_standing_approval($1, $2)', [id, operators.BO]))
    expect([await revoke(), await revoke()]).toEqual(['accepted', 'HP024'])
  })
})
