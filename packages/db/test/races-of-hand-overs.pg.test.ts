import { describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { faultsOf } from './support/history.ts'
import * as operators from './support/operators.ts'
import { ADA, person } from './support/people.ts'
import { one, outcomeOf, type Session } from './support/refusal.ts'
import { behind } from './support/waiting.ts'

// Invariant 5: a part that is handed on while the request expires, its run is killed, or its taker is disabled.
const db = await openContract()
const rounds = Array.from({ length: 16 }, (_, n) => n)

interface Scene {
  readonly run: string
  readonly approval: string
  readonly taker: string
}

async function scene(columns: object = {}): Promise<Scene> {
  const run = await agents.startRun(db.alpha)
  const approval = await agents.askFor(db.alpha, run, { on_expiry: 'hold', ...columns })
  return { run, approval, taker: (await person(db.server, ['reviewer'])).name }
}

const hand = async (session: Session, { approval, taker }: Scene) =>
  session.query('select delegate_approval($1, $2, $3)', [
    approval,
    operators.ANA,
    `operator:${taker}`,
  ])

const disable = async (session: Session, { taker }: Scene) =>
  session.query('select disable_operator($1, $2)', [taker, ADA])

const expire = async (session: Session) => session.query('select expire_approvals()')

interface Stands {
  readonly handed: boolean
  readonly expired: boolean
  readonly closed: boolean
  readonly decision: string | null
  readonly lacks: boolean | null
}

const standsAs = async ({ approval, taker }: Scene): Promise<Stands> =>
  one<Stands>(
    db.admin,
    `select $2 = any (assignees) and handed_on = array[$3] as handed, expired_at is not null as expired,
       closed_at is not null as closed, decision, lacks_people(approval_id) as lacks
     from approval_queue where approval_id = $1`,
    [approval, `operator:${taker}`, operators.ANA],
  )

const said = async ({ run }: Scene, what: string): Promise<number> =>
  one<{ n: number }>(
    db.admin,
    `select count(*)::integer as n from run_events where workflow_id = $1
       and (kind = $2 or kind = 'approval.changed' and detail ->> 'change' = $2)`,
    [run, what],
  ).then(({ n }) => n)

/** Each of two groups must say yes; ANA's own has her alone. */
const groups = (taker: string) => [
  { name: 'on-call', count: 1, members: [operators.ANA] },
  { name: 'others', count: 1, members: [`operator:${taker}x`, operators.BO] },
]

const first = { pool: db.server }

describe('one after the other', () => {
  test('who hands on as the deadline passes has done it before, and it expires; or is told that it has expired', async () => {
    const late = await scene()
    await operators.makeDue(db.owner, late.approval)
    // The deadline is the clock's: it has passed also where nobody has written that down yet.
    expect(await outcomeOf(hand(db.server, late))).toBe('HP019')
    const waited = behind(
      db.admin,
      { ...first, work: expire },
      { pool: db.server, work: async (client) => hand(client, late) },
    )
    expect(await outcomeOf(waited)).toBe('HP019')
    expect(await standsAs(late)).toMatchObject({ handed: false, expired: true, closed: false })

    const early = await scene()
    await hand(db.server, early)
    await operators.makeDue(db.owner, early.approval)
    await expire(db.server)
    expect(await standsAs(early)).toMatchObject({ handed: true, expired: true, decision: null })
  })

  test('who hands on while the run is killed is told so, and the other way round it is killed all the same', async () => {
    const killed = await scene()
    const waited = behind(
      db.admin,
      { ...first, work: async (client) => operators.kill(client, killed.run) },
      { pool: db.server, work: async (client) => hand(client, killed) },
    )
    expect(await outcomeOf(waited)).toBe('HP008')
    expect(await standsAs(killed)).toMatchObject({ handed: false, closed: true })

    const handed = await scene()
    await behind(
      db.admin,
      { ...first, work: async (client) => hand(client, handed) },
      { pool: db.server, work: async (client) => operators.kill(client, handed.run) },
    )
    expect(await standsAs(handed)).toMatchObject({ handed: true, closed: true, decision: null })
    for (const { run } of [killed, handed]) expect(await faultsOf(db.owner, run)).toEqual([])
  })
})

describe('started together', () => {
  test('with its deadline: each is told once, in the order in which it happened', async () => {
    for (const round of rounds) {
      const one = await scene({ expires_at: new Date(Date.now() + 5 + (round % 5) * 10) })
      const [outcome] = await Promise.all([
        outcomeOf(hand(db.server, one)),
        expire(db.server),
        expire(db.server),
      ])
      expect(['accepted', 'HP019']).toContain(outcome)
      await expect
        .poll(async () => (await expire(db.server), (await standsAs(one)).expired))
        .toBe(true)
      const handed = outcome === 'accepted'
      expect(await standsAs(one)).toMatchObject({ handed, decision: null, closed: false })
      expect(await said(one, 'delegated')).toBe(handed ? 1 : 0)
      expect(await said(one, 'approval.overdue')).toBe(1)
      expect(await faultsOf(db.owner, one.run)).toEqual([])
    }
  })

  test('with a kill: closed without a decision, and nothing was handed on after it', async () => {
    for (const round of rounds) {
      const one = await scene()
      const killing = outcomeOf(operators.kill(db.server, one.run))
      if (round % 2 === 0) await db.server.query('select 1')
      const [killed, outcome] = await Promise.all([killing, outcomeOf(hand(db.server, one))])
      expect(killed).toBe('accepted')
      expect(['accepted', 'HP008']).toContain(outcome)
      const handed = outcome === 'accepted'
      expect(await standsAs(one)).toMatchObject({ handed, closed: true, decision: null })
      expect(await said(one, 'delegated')).toBe(handed ? 1 : 0)
      expect(await faultsOf(db.owner, one.run)).toEqual([])
    }
  })

  test('with the disabling of whoever takes it: refused, or it is theirs and says that it lacks people', async () => {
    for (const round of rounds) {
      const one = await scene()
      await db.admin.query('update approval_queue set quorum = $2 where approval_id = $1', [
        one.approval,
        JSON.stringify(groups(one.taker)),
      ])
      const disabling = outcomeOf(disable(db.server, one))
      if (round % 2 === 0) await db.server.query('select 1')
      const [disabled, outcome] = await Promise.all([disabling, outcomeOf(hand(db.server, one))])
      expect(disabled).toBe('accepted')
      expect(['accepted', 'HP031']).toContain(outcome)
      const handed = outcome === 'accepted'
      expect(await standsAs(one)).toMatchObject({ handed, lacks: handed, decision: null })
      const answer = operators.decideOn(db.server, one.approval, 'approved', {
        actor: `operator:${one.taker}`,
        version: handed ? 2 : 1,
      })
      expect(await outcomeOf(answer)).toBe('HP030')
      // Whoever gave it away answers no more, although its taker is gone.
      const giver = operators.decideOn(db.server, one.approval, 'rejected', {
        version: handed ? 2 : 1,
      })
      expect(await outcomeOf(giver)).toBe(handed ? 'HP021' : 'accepted')
      expect(await faultsOf(db.owner, one.run)).toEqual([])
    }
  })
})
