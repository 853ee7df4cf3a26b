import type { QuorumGroup } from '@holdpoint/protocol'
import * as fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { faultsOf } from './support/history.ts'
import * as operators from './support/operators.ts'
import { ADA, fresh, person, secret } from './support/people.ts'
import { group, retirePolicy, savePolicy } from './support/policies.ts'
import { one, outcomeOf, refusalOf } from './support/refusal.ts'

// Invariant 5: a yes is made of the votes that its policy asks for, each by another person, none of them behind the request.
const db = await openContract()

let policy: Awaited<ReturnType<typeof savePolicy>> | undefined
afterEach(async () => {
  if (policy !== undefined) await retirePolicy(db.server, policy)
  policy = undefined
})

async function needing(...quorum: QuorumGroup[]): Promise<{ run: string; approval: string }> {
  policy = await savePolicy(db.server, { name: 'refunds', tool: 'refund', quorum })
  const run = await agents.startRun(db.alpha)
  return { run, approval: await agents.askFor(db.alpha, run) }
}

const vote = async (
  approval: string,
  person: string,
  more: { verdict?: 'approved' | 'rejected'; version?: number; edited?: unknown } = {},
): Promise<string> => {
  const { verdict = 'approved', ...rest } = more
  const actor = `operator:${person}`
  return outcomeOf(operators.decideOn(db.server, approval, verdict, { actor, ...rest }))
}

const decisionOf = async (approval: string): Promise<string | null> =>
  one<{ decision: string | null }>(
    db.admin,
    'select decision from approval_queue where approval_id = $1',
    [approval],
  ).then(({ decision }) => decision)

const asked = async () =>
  needing(group('on-call', 2, 'ana', 'bo', 'cy'), group('finance', 1, 'cy', 'dee'))

describe('two of on-call and one of finance', () => {
  test('is three people', async () => {
    const { run, approval } = await asked()
    expect(await vote(approval, 'ana')).toBe('accepted')
    expect(await vote(approval, 'cy')).toBe('accepted')
    // cy is in both, and stands for one of them.
    expect(await decisionOf(approval)).toBeNull()
    expect((await operators.runOf(db.admin, run)).heldBy).toEqual(['approval'])
    expect(await vote(approval, 'dee')).toBe('accepted')
    expect(await decisionOf(approval)).toBe('approved')
    expect(await agents.beginCall(db.alpha, run)).toMatchObject({ decision: 'allow' })
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('is not one person twice', async () => {
    const { approval } = await asked()
    await vote(approval, 'ana')
    expect(await vote(approval, 'ana')).toBe('HP022')
  })

  test('is none that is not asked; but a no is anyone’s, and one is enough', async () => {
    const { run, approval } = await asked()
    expect(await vote(approval, 'zed')).toBe('HP021')
    await vote(approval, 'ana')
    expect(await vote(approval, 'zed', { verdict: 'rejected' })).toBe('accepted')
    expect(await decisionOf(approval)).toBe('rejected')
    expect(await vote(approval, 'bo')).toBe('HP007')
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('counts a yes for what was then asked, not for what an edit made of it', async () => {
    const { approval } = await asked()
    await vote(approval, 'ana')
    await vote(approval, 'bo')
    expect(await vote(approval, 'dee', { edited: { order: 7, eur: 1 } })).toBe('accepted')
    expect(await decisionOf(approval)).toBeNull()
    expect(await vote(approval, 'ana')).toBe('HP020')
    await vote(approval, 'ana', { version: 2 })
    await vote(approval, 'bo', { version: 2 })
    expect(await decisionOf(approval)).toBe('approved')
  })

  test('of many who vote at once each counts once, and one settles it', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { run, approval } = await asked()
      const voters = ['ana', 'bo', 'cy', 'dee', 'ana', 'bo', 'cy', 'dee']
      const outcomes = await Promise.all(voters.map(async (each) => vote(approval, each)))
      expect(outcomes.filter((each) => !/^(accepted|HP007|HP022)$/.test(each))).toEqual([])
      expect(await decisionOf(approval)).toBe('approved')
      const { rows } = await db.admin.query<{ actor: string }>(
        'select actor from approval_votes where approval_id = $1',
        [approval],
      )
      expect(rows.length).toBe(outcomes.filter((each) => each === 'accepted').length)
      expect(new Set(rows.map(({ actor }) => actor)).size).toBe(rows.length)
      expect(await faultsOf(db.owner, run)).toEqual([])
      if (policy !== undefined) await retirePolicy(db.server, policy)
    }
    policy = undefined
  })

  test('is not the owner of the tables either', async () => {
    const { approval } = await asked()
    await vote(approval, 'ana')
    const write = db.owner.query(
      `update approval_queue set decision = 'approved', decided_by = 'operator:x' where approval_id = $1`,
      [approval],
    )
    expect(await outcomeOf(write)).toBe('HP021')
  })
})

describe('whoever is behind a request', () => {
  test('does not answer it: its requester', async () => {
    const run = await agents.startRun(db.alpha)
    for (const requested_by of ['operator:ana', 'ana']) {
      const approval = await agents.askFor(db.alpha, run, { requested_by })
      for (const verdict of ['approved', 'rejected'] as const)
        expect(await vote(approval, 'ana', { verdict })).toBe('HP022')
      expect(await vote(approval, 'bo')).toBe('accepted')
      await agents.setStatus(db.alpha, run, 'running')
    }
  })

  test('does not answer it: the owner of its login', async () => {
    await db.server.query(`select own_agent_login('alpha', 'operator:olga', 'operator:root')`)
    const run = await agents.startRun(db.alpha)
    const approval = await agents.askFor(db.alpha, run)
    const refusal = await refusalOf(
      operators.decideOn(db.server, approval, 'approved', { actor: 'operator:olga' }),
    )
    expect(refusal).toMatchObject({ code: 'HP022' })
    expect(refusal.message).toContain('is behind this request')
    await db.server.query(`select own_agent_login('alpha', null, 'operator:root')`)
    expect(await vote(approval, 'olga')).toBe('accepted')
  })

  test('does not answer it by another hand: a token is the person who made it', async () => {
    await db.server.query(
      `select make_token('anas', sha256('x'), '{read,decide}', null, null, 'operator:ana')`,
    )
    const by = async (approval: string, actor: string) =>
      outcomeOf(operators.decideOn(db.server, approval, 'approved', { actor }))
    const run = await agents.startRun(db.alpha)
    const own = await agents.askFor(db.alpha, run, { requested_by: 'operator:ana' })
    expect(await by(own, 'token:anas')).toBe('HP022')
    expect(await by(own, 'operator:bo')).toBe('accepted')
    const { approval } = await needing(group('any', 2))
    expect(await by(approval, 'operator:ana')).toBe('accepted')
    expect(await by(approval, 'token:anas')).toBe('HP022')
    expect(await decisionOf(approval)).toBeNull()
  })

  test('does not answer it by a token that a token made, which ends with its person, too', async () => {
    const who = await person(db.server, ['admin'])
    const [first, second, third] = [fresh('made'), fresh('made'), fresh('made')]
    const make = async (name: string, scopes: string, actor: string) =>
      db.server.query('select make_token($1, $2, $3, null, null, $4)', [
        name,
        secret(),
        scopes,
        actor,
      ])
    await make(first, '{read,decide,administer}', who.actor)
    await make(second, '{read,decide,administer}', `token:${first}`)
    await make(third, '{read,decide}', `token:${second}`)
    const by = async (approval: string, actor: string) =>
      outcomeOf(operators.decideOn(db.server, approval, 'approved', { actor }))
    const { approval } = await needing(group('any', 2))
    expect(await by(approval, who.actor)).toBe('accepted')
    expect(await by(approval, `token:${third}`)).toBe('HP022')
    await db.server.query('select disable_operator($1, $2)', [who.name, ADA])
    expect(await by(approval, `token:${third}`)).toBe('HP030')
    expect(await decisionOf(approval)).toBeNull()
  })

  test('does not answer it by the machine’s token, which is nobody’s, unless the policy names that', async () => {
    await db.owner.query('select ensure_first_admin($1)', [secret()])
    const by = async (approval: string, actor: string) =>
      outcomeOf(operators.decideOn(db.server, approval, 'approved', { actor }))
    const { approval } = await needing(group('any', 2))
    expect(await by(approval, 'operator:local')).toBe('accepted')
    expect(await by(approval, 'token:cli')).toBe('HP021')
    expect(await decisionOf(approval)).toBeNull()
    if (policy !== undefined) await retirePolicy(db.server, policy)
    const named: QuorumGroup = { name: 'gate', count: 1, members: ['token:cli'] }
    const { approval: other } = await needing(named, group('any', 1))
    expect(await by(other, 'token:cli')).toBe('accepted')
  })

  test('is not written into the votes by the owner of the tables', async () => {
    const run = await agents.startRun(db.alpha)
    const approval = await agents.askFor(db.alpha, run, { requested_by: 'operator:ana' })
    const write = db.owner.query(
      `insert into approval_votes (approval_id, actor, vote) values ($1, 'operator:ana', 'approve')`,
      [approval],
    )
    expect(await outcomeOf(write)).toBe('HP022')
  })
})

test('an agent neither reads nor writes votes, policies and standing approvals', async () => {
  for (const table of ['approval_votes', 'approval_policies', 'standing_approvals']) {
    expect(await outcomeOf(db.alpha.query(`select from ${table}`))).toBe('42501')
    expect(await outcomeOf(db.alpha.query(`insert into ${table} default values`))).toBe('42501')
    expect(await outcomeOf(db.alpha.query(`update ${table} set actor = 'x'`))).toMatch(/^42/)
  }
})

test('a vote is kept', async () => {
  expect(await outcomeOf(db.owner.query(`update approval_votes set vote = 'approve'`))).toBe(
    'HP009',
  )
  expect(await outcomeOf(db.owner.query('delete from approval_votes'))).toBe('HP009')
})

/** Can the voters be sent to the groups, each to one, so that every group is full? Tried out. */
function full(groups: readonly QuorumGroup[], voters: readonly string[]): boolean {
  const [voter, ...others] = voters
  if (groups.every(({ count }) => count <= 0)) return true
  if (voter === undefined) return false
  return (
    full(groups, others) ||
    groups.some(
      ({ count, members }, n) =>
        count > 0 &&
        (members?.includes(voter) ?? true) &&
        full(groups.with(n, { name: '', count: count - 1, members }), others),
    )
  )
}

test('any quorum is met exactly when its votes fill every group', async () => {
  const people = ['a', 'b', 'c', 'd', 'e'].map((each) => `operator:${each}`)
  const groups = fc.array(
    fc.record(
      {
        name: fc.constant('g'),
        count: fc.integer({ min: 1, max: 3 }),
        members: fc.subarray(people, { minLength: 1 }),
      },
      { requiredKeys: ['name', 'count'] },
    ),
    { minLength: 1, maxLength: 4 },
  )
  const run = await agents.startRun(db.alpha)
  const property = fc.asyncProperty(groups, fc.subarray(people), async (quorum, voters) => {
    const client = await db.admin.connect()
    try {
      await client.query('begin')
      const approval = await agents.askFor(client, run)
      await client.query('update approval_queue set quorum = $2 where approval_id = $1', [
        approval,
        JSON.stringify(quorum),
      ])
      for (const voter of voters.filter((each) =>
        quorum.some(({ members }) => members?.includes(each) ?? true),
      ))
        await client.query(
          `insert into approval_votes (approval_id, actor, vote, digest)
           select approval_id, $2, 'approve', digest from approval_queue where approval_id = $1`,
          [approval, voter],
        )
      const { met } = await one<{ met: boolean }>(client, 'select quorum_met($1) as met', [
        approval,
      ])
      expect(met).toBe(full(quorum, voters))
    } finally {
      await client.query('rollback')
      client.release()
    }
  })
  await fc.assert(property, { numRuns: 150 })
})
