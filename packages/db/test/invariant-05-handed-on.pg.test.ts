import type { PolicySpec } from '@holdpoint/protocol'
import type { PoolClient } from 'pg'
import { afterEach, describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { gating } from './support/gating.ts'
import * as operators from './support/operators.ts'
import { fresh, person, secret } from './support/people.ts'
import { outcomeOf } from './support/refusal.ts'
import { behind } from './support/waiting.ts'

// Invariant 5: whoever hands a request on has given their part away. One person never stands for two.
const db = await openContract()
const { gate, theOpen, ungate } = gating(db)
afterEach(ungate)

interface Handed {
  readonly approval: string
  hand: (from: string, to: string) => Promise<string>
  /** Gives it more time. */
  extend: (who: string) => Promise<string>
  /** What becomes of their answer to the request as it stands. */
  says: (who: string, verdict: 'approved' | 'rejected') => Promise<string>
}

/** A request of a gated tool; by default one yes of whoever may decide is enough. */
async function handed(spec: Partial<PolicySpec> = {}): Promise<Handed> {
  await gate(spec)
  const run = await agents.startRun(db.alpha)
  await agents.beginCall(db.alpha, run)
  const approval = await theOpen(run)
  const token = fresh('hand')
  await db.server.query(`select make_token($1, $2, '{read,decide}', null, null, 'operator:ana')`, [
    token,
    secret(),
  ])
  const actorOf = (who: string) => (who === 'token of ana' ? `token:${token}` : `operator:${who}`)
  return {
    approval,
    hand: async (from, to) =>
      outcomeOf(
        db.server.query('select delegate_approval($1, $2, $3)', [
          approval,
          actorOf(from),
          actorOf(to),
        ]),
      ),
    extend: async (who) =>
      outcomeOf(
        db.server.query(`select extend_approval($1, $2, clock_timestamp() + interval '9 hours')`, [
          approval,
          actorOf(who),
        ]),
      ),
    says: async (who, verdict) =>
      outcomeOf(
        db.server.query('select decide_approval($1, $2, $3)', [approval, actorOf(who), verdict]),
      ),
  }
}

const delegate = async (client: PoolClient, approval: string) =>
  client.query(`select delegate_approval($1, 'operator:ana', 'operator:bo')`, [approval])
const approve = async (client: PoolClient, approval: string) =>
  client.query(`select decide_approval($1, 'operator:ana', 'approved')`, [approval])

describe('having handed on', () => {
  test('bars from giving it more time, by any hand; whoever has it now may', async () => {
    const { approval, hand, extend } = await handed()
    expect(await hand('ana', 'bo')).toBe('accepted')
    for (const who of ['ana', 'token of ana']) expect(await extend(who)).toBe('HP021')
    const { rows } = await db.server.query<{ extend: string }>(
      `select answers_of($1, 'operator:ana') ->> 'extend' as extend`,
      [approval],
    )
    expect(rows[0]?.extend).toContain('You have handed it on')
    expect(await extend('bo')).toBe('accepted')
    expect(await hand('bo', 'ana')).toBe('accepted')
    expect(await extend('ana')).toBe('accepted')
  })

  test('bars from a yes and from a no, also where no group names its members', async () => {
    for (const verdict of ['approved', 'rejected'] as const) {
      const { approval, hand, says } = await handed()
      expect(await hand('ana', 'bo')).toBe('accepted')
      for (const by of ['ana', 'token of ana'] as const)
        expect([by, await says(by, verdict)]).toEqual([by, 'HP021'])
      expect(await says('bo', verdict)).toBe('accepted')
      const votes = await db.admin.query(
        'select person from approval_votes where approval_id = $1',
        [approval],
      )
      expect(votes.rows).toEqual([{ person: 'operator:bo' }])
    }
  })

  test('bars until it is handed back, by whoever has a part', async () => {
    const { hand, says } = await handed()
    expect(await hand('ana', 'bo')).toBe('accepted')
    expect(await hand('ana', 'cy')).toBe('HP021')
    expect(await hand('bo', 'ana')).toBe('accepted')
    expect(await says('bo', 'approved')).toBe('HP021')
    expect(await says('ana', 'approved')).toBe('accepted')
  })

  test('in a circle leaves the part with the one whom it came back to', async () => {
    const { hand, says } = await handed({ quorum: [{ name: 'any', count: 2 }] })
    expect(await hand('ana', 'bo')).toBe('accepted')
    expect(await hand('bo', 'cy')).toBe('accepted')
    expect(await hand('cy', 'ana')).toBe('accepted')
    for (const by of ['bo', 'cy'] as const) expect(await says(by, 'approved')).toBe('HP021')
    expect(await says('ana', 'approved')).toBe('accepted')
    // What ana has answered she cannot hand on, nor anyone to her.
    expect(await hand('ana', 'bo')).toBe('HP022')
    expect(await hand('zed', 'ana')).toBe('HP022')
  })

  test('is undone by an administrator who asks again, and by nobody for themselves', async () => {
    const { approval, hand, says } = await handed()
    const ask = async (by: string, ...people: string[]) =>
      outcomeOf(
        db.server.query('select escalate_approval($1, $2, $3)', [
          approval,
          by,
          people.map((name) => `operator:${name}`),
        ]),
      )
    const reviewer = await person(db.server, ['reviewer'])
    expect(await hand('ana', 'bo')).toBe('accepted')
    expect(await ask(reviewer.actor, 'ana')).toBe('HP021')
    expect(await ask('operator:ana', 'ana')).toBe('HP021')
    expect(await says('ana', 'approved')).toBe('HP021')
    expect(await ask('operator:root', 'ana')).toBe('accepted')
    expect(await says('ana', 'approved')).toBe('accepted')
  })

  test('is undone by the steps of the policy at a deadline, not by whoever handed it on', async () => {
    const { approval, hand, says } = await handed({
      expiresAfterS: 60,
      onExpiry: 'escalate',
      escalation: [
        { to: ['operator:ana', 'operator:boss'], afterS: 60 },
        { to: ['operator:ana'], afterS: 60 },
      ],
    })
    expect(await hand('ana', 'bo')).toBe('accepted')
    const next = db.server.query(`select escalate_approval($1, 'operator:ana')`, [approval])
    expect(await outcomeOf(next)).toBe('accepted')
    expect(await says('ana', 'approved')).toBe('HP021')
    await operators.makeDue(db.owner, approval)
    await db.server.query('select expire_approvals()')
    expect(await says('ana', 'approved')).toBe('accepted')
  })

  test('and the giver’s own answer from another tab: one of them counts, and never both', async () => {
    for (const spec of [{}, { quorum: [{ name: 'any', count: 2 }] }]) {
      const first = await handed(spec)
      const late = await behind(
        db.admin,
        { pool: db.server, work: async (client) => delegate(client, first.approval) },
        { pool: db.server, work: async (client) => outcomeOf(approve(client, first.approval)) },
      )
      expect(late).toBe('HP021')
      const second = await handed(spec)
      const handing = await behind(
        db.admin,
        { pool: db.server, work: async (client) => approve(client, second.approval) },
        { pool: db.server, work: async (client) => outcomeOf(delegate(client, second.approval)) },
      )
      expect(handing).toBe('quorum' in spec ? 'HP022' : 'HP007')
      const { rows } = await db.admin.query(
        `select approval_id from approval_votes v join approval_queue q using (approval_id)
         where v.person = any (q.handed_on) and approval_id = any ($1)`,
        [[first.approval, second.approval]],
      )
      expect(rows).toEqual([])
      await ungate()
    }
  })

  test('is not by whoever is behind the request, who has no part in it', async () => {
    const run = await agents.startRun(db.alpha)
    const approval = await agents.askFor(db.alpha, run, { requested_by: 'operator:ana' })
    const hand = db.server.query(`select delegate_approval($1, 'operator:ana', 'operator:bo')`, [
      approval,
    ])
    expect(await outcomeOf(hand)).toBe('HP022')
  })

  test('is not to a hand whose yes could not count', async () => {
    const { approval } = await handed({ quorum: [{ name: 'any', count: 2 }] })
    await db.admin.query(
      `insert into api_tokens (name, token_hash, scopes) values ('nobodys', $1, '{read,decide}')`,
      [secret()],
    )
    const hand = db.server.query(`select delegate_approval($1, 'operator:ana', 'token:nobodys')`, [
      approval,
    ])
    expect(await outcomeOf(hand)).toBe('HP031')
  })

  test('is no agent’s to write', async () => {
    const run = await agents.startRun(db.alpha)
    const asking = agents.askFor(db.alpha, run, { handed_on: ['operator:ana'] })
    expect(await outcomeOf(asking)).toBe('42501')
  })
})
