import type { QuorumGroup } from '@holdpoint/protocol'
import * as fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'

import { fills } from './model/approvals/fills.ts'
import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { gating } from './support/gating.ts'
import * as operators from './support/operators.ts'
import { ADA, fresh, person } from './support/people.ts'
import { group, retirePolicy, savePolicy } from './support/policies.ts'
import { one, outcomeOf } from './support/refusal.ts'

// Invariant 5: a request waits for people who can answer it; nothing that people do with it leaves it waiting for nobody.
const db = await openContract()
const { gate, theOpen, ungate } = gating(db)
afterEach(ungate)

const asked = async (...quorum: QuorumGroup[]): Promise<string> => {
  await gate({ quorum })
  const run = await agents.startRun(db.alpha)
  await agents.beginCall(db.alpha, run)
  return theOpen(run)
}
const hand = async (approval: string, from: string, to: string) =>
  outcomeOf(
    db.server.query('select delegate_approval($1, $2, $3)', [
      approval,
      `operator:${from}`,
      `operator:${to}`,
    ]),
  )
const ask = async (approval: string, by: string, ...people: string[]) =>
  outcomeOf(
    db.server.query('select escalate_approval($1, $2, $3)', [
      approval,
      `operator:${by}`,
      people.map((name) => `operator:${name}`),
    ]),
  )
const says = async (approval: string, who: string) =>
  outcomeOf(
    db.server.query(`select decide_approval($1, $2, 'approved')`, [approval, `operator:${who}`]),
  )
const lacks = async (approval: string): Promise<boolean> =>
  one<{ lacks: boolean }>(db.server, 'select lacks_people($1) as lacks', [approval]).then(
    (row) => row.lacks,
  )

const save = async (...quorum: QuorumGroup[]): Promise<string> => {
  const saving = savePolicy(db.server, { name: 'x', tool: fresh('tool'), quorum })
  const outcome = await outcomeOf(saving)
  if (outcome === 'accepted') await retirePolicy(db.server, await saving)
  return outcome
}

describe('a part is not handed', () => {
  test('to another of the group that then has too few', async () => {
    const approval = await asked(group('on-call', 2, 'ana', 'bo'))
    expect(await hand(approval, 'ana', 'bo')).toBe('HP031')
    expect(await hand(approval, 'ana', 'cy')).toBe('accepted')
    for (const who of ['bo', 'cy']) expect(await says(approval, who)).toBe('accepted')
  })

  test('to whoever is needed for another group', async () => {
    const approval = await asked(group('on-call', 1, 'ana'), group('finance', 1, 'bo'))
    expect(await hand(approval, 'ana', 'bo')).toBe('HP031')
    expect(await lacks(approval)).toBe(false)
  })

  test('to another of the group whose third is behind the request', async () => {
    await db.server.query(`select own_agent_login('alpha', 'operator:eve', $1)`, [ADA])
    const approval = await asked(group('on-call', 2, 'ana', 'bo', 'eve'))
    expect(await hand(approval, 'ana', 'bo')).toBe('HP031')
    await db.server.query(`select own_agent_login('alpha', null, $1)`, [ADA])
    expect(await hand(approval, 'ana', 'bo')).toBe('accepted')
  })

  test('but it is where enough are left', async () => {
    const approval = await asked(group('on-call', 2, 'ana', 'bo', 'cy'))
    expect(await hand(approval, 'ana', 'bo')).toBe('accepted')
    for (const who of ['bo', 'cy']) expect(await says(approval, who)).toBe('accepted')
  })
})

describe('whoever is asked by name', () => {
  test('is not behind the request', async () => {
    await db.server.query(`select own_agent_login('alpha', 'operator:eve', $1)`, [ADA])
    const approval = await asked(group('on-call', 1, 'ana'))
    for (const by of ['ana', 'root']) expect(await ask(approval, by, 'bo', 'eve')).toBe('HP031')
    await db.server.query(`select own_agent_login('alpha', null, $1)`, [ADA])
    expect(await ask(approval, 'ana', 'bo', 'eve')).toBe('accepted')
  })

  test('has not answered it', async () => {
    const approval = await asked(group('on-call', 2, 'ana', 'bo'))
    expect(await says(approval, 'ana')).toBe('accepted')
    expect(await ask(approval, 'bo', 'ana')).toBe('HP031')
    expect(await ask(approval, 'root', 'cy')).toBe('accepted')
  })
})

describe('one of a group', () => {
  test('lends their own part and no second one: who else stands for several is an administrator’s to say', async () => {
    const [one, two, other] = [
      await person(db.server, ['reviewer']),
      await person(db.server, ['reviewer']),
      await person(db.server, ['reviewer']),
    ]
    for (const quorum of [
      [group('on-call', 2, one.name, two.name)],
      [group('on-call', 1, one.name, two.name), group('finance', 1, one.name, two.name)],
    ]) {
      const approval = await asked(...quorum)
      expect(await ask(approval, one.name, other.name)).toBe('HP021')
      expect(await says(approval, other.name)).toBe('HP021')
      expect(await ask(approval, 'root', other.name)).toBe('accepted')
      for (const who of [one, other]) expect(await says(approval, who.name)).toBe('accepted')
      await ungate()
    }
    const alone = await asked(group('on-call', 1, one.name), group('finance', 1, two.name))
    expect(await ask(alone, one.name, other.name)).toBe('accepted')
    for (const who of [one, other]) expect(await says(alone, who.name)).toBe('accepted')
    const { rows } = await db.admin.query(
      'select decision from approval_queue where approval_id = $1',
      [alone],
    )
    expect(rows).toEqual([{ decision: null }])
  })
})

describe('a policy names', () => {
  test('enough people for all its groups, each counted once', async () => {
    expect(await save(group('a', 2, 'ana', 'ana'))).toBe('HP010')
    expect(await save(group('a', 1, 'ana'), group('b', 1, 'ana'))).toBe('HP010')
    expect(await save(group('a', 1, 'ana'), group('b', 1))).toBe('accepted')
    expect(await save(group('a', 1, 'ana', 'bo'), group('b', 1, 'bo'))).toBe('accepted')
  })

  test('enough exactly when they can be seated', async () => {
    const people = ['ana', 'bo', 'cy', 'dee'].map((each) => `operator:${each}`)
    const groups = fc.array(
      fc.record({
        name: fc.constant('g'),
        count: fc.integer({ min: 1, max: 3 }),
        members: fc.subarray(people, { minLength: 1 }),
      }),
      { minLength: 1, maxLength: 4 },
    )
    const property = fc.asyncProperty(groups, async (quorum) => {
      const checked = db.admin.query('select check_quorum($1)', [JSON.stringify(quorum)])
      expect(await outcomeOf(checked)).toBe(fills(quorum, people) ? 'accepted' : 'HP010')
    })
    await fc.assert(property, { numRuns: 150 })
  })
})

describe('a request says that it lacks people', () => {
  test('once too few are left, until others are asked', async () => {
    const gone = await person(db.server, ['reviewer'])
    const approval = await asked(group('on-call', 2, 'ana', gone.name))
    expect(await lacks(approval)).toBe(false)
    await db.server.query('select disable_operator($1, $2)', [gone.name, ADA])
    expect(await lacks(approval)).toBe(true)
    // Others may be asked nevertheless, and a part be handed on.
    expect(await hand(approval, 'ana', 'cy')).toBe('accepted')
    expect(await ask(approval, 'root', 'bo')).toBe('accepted')
    expect(await lacks(approval)).toBe(false)
  })

  test('in its run’s history and in the log once, each time it comes to that, and not by asking anybody', async () => {
    const gone = await person(db.server, ['reviewer'])
    const approval = await asked(group('on-call', 2, 'ana', gone.name))
    const looked = async () => {
      await db.server.query('select look_for_people()')
      return one(
        db.admin,
        `select q.lacks_since is not null as lacks, q.version,
           (select count(*)::integer from run_events e where e.workflow_id = q.workflow_id and e.kind = 'approval.lacking'
             and e.detail ->> 'approvalId' = q.approval_id::text) as told,
           (select count(*)::integer from agent_audit_log a where a.workflow_id = q.workflow_id
             and a.action = 'approval.lacking' and a.actor = 'holdpoint') as logged
         from approval_queue q where approval_id = $1`,
        [approval],
      )
    }
    const never = { lacks: false, version: 1, told: 0, logged: 0 }
    expect(await looked()).toEqual(never)
    await db.server.query('select disable_operator($1, $2)', [gone.name, ADA])
    const once = { lacks: true, version: 1, told: 1, logged: 1 }
    expect([await looked(), await looked()]).toEqual([once, once])
    await db.server.query('select enable_operator($1, $2)', [gone.name, ADA])
    expect(await looked()).toEqual({ ...once, lacks: false })
    await db.server.query('select disable_operator($1, $2)', [gone.name, ADA])
    expect(await looked()).toEqual({ lacks: true, version: 1, told: 2, logged: 2 })
    // Nor does it keep anybody from saying no, with what they looked at before.
    const no = db.server.query(`select decide_approval($1, 'operator:ana', 'rejected', null, 1)`, [
      approval,
    ])
    expect(await outcomeOf(no)).toBe('accepted')
  })

  test('also where a group is open to anyone: nobody counts for two places', async () => {
    const { rowCount } = await db.admin.query('select from operators')
    expect(rowCount ?? 0).toBeLessThan(40)
    const open = Array.from({ length: 4 }, (_, n) => group(`any ${n}`, 10))
    expect(await lacks(await asked(...open))).toBe(true)
    await ungate()
    expect(await lacks(await asked(group('named', 1, 'ana'), group('any', 1)))).toBe(false)
  })

  test('where a yes counts no more, and whoever gave it cannot give another', async () => {
    const back = await person(db.server, ['reviewer'])
    const approval = await asked(group('on-call', 2, 'ana', back.name))
    expect(await says(approval, back.name)).toBe('accepted')
    await db.server.query('select disable_operator($1, $2)', [back.name, ADA])
    await db.server.query('select enable_operator($1, $2)', [back.name, ADA])
    expect(await lacks(approval)).toBe(true)
  })

  test('where all who are left have answered, and a step of the policy gives one of them another group', async () => {
    const gone = await person(db.server, ['reviewer'])
    await gate({
      quorum: [group('on-call', 1, 'ana', 'bo'), group('finance', 1, gone.name)],
      expiresAfterS: 60,
      onExpiry: 'escalate',
      escalation: [{ to: ['operator:bo'], afterS: 60 }],
    })
    const run = await agents.startRun(db.alpha)
    await agents.beginCall(db.alpha, run)
    const approval = await theOpen(run)
    for (const who of ['ana', 'bo']) expect(await says(approval, who)).toBe('accepted')
    expect(await lacks(approval)).toBe(false)
    await operators.makeDue(db.owner, approval)
    await db.server.query('select expire_approvals()')
    // Their yeses would do by now; but nothing approves by itself.
    expect(await lacks(approval)).toBe(false)
    await db.server.query('select disable_operator($1, $2)', [gone.name, ADA])
    expect(await lacks(approval)).toBe(true)
    const { decision } = await one<{ decision: string | null }>(
      db.admin,
      'select decision from approval_queue where approval_id = $1',
      [approval],
    )
    expect(decision).toBeNull()
    expect(await ask(approval, 'root', 'cy')).toBe('accepted')
    expect(await says(approval, 'cy')).toBe('accepted')
  })

  test('and none that is settled does', async () => {
    const approval = await asked(group('on-call', 1, 'ana'))
    expect(await says(approval, 'ana')).toBe('accepted')
    expect(await lacks(approval)).toBe(false)
  })
})
