import type { QuorumGroup } from '@holdpoint/protocol'
import { afterEach, describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import * as operators from './support/operators.ts'
import { ADA, person, secret } from './support/people.ts'
import { group, retirePolicy, savePolicy } from './support/policies.ts'
import { one, outcomeOf } from './support/refusal.ts'
import { behind } from './support/waiting.ts'

// Invariant 5: whose yes a yes is, also when its person was disabled, or owns the login that asks.
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

const vote = async (approval: string, name: string): Promise<string> =>
  outcomeOf(operators.decideOn(db.server, approval, 'approved', { actor: `operator:${name}` }))

const decisionOf = async (approval: string): Promise<string | null> =>
  one<{ decision: string | null }>(
    db.admin,
    'select decision from approval_queue where approval_id = $1',
    [approval],
  ).then(({ decision }) => decision)

describe('a yes of one of several', () => {
  test('does not count once they were disabled, not even when they are back', async () => {
    const { name, actor } = await person(db.server, ['reviewer'])
    const { run, approval } = await needing(group('on-call', 2, name, 'bo', 'cy'))
    expect(await vote(approval, name)).toBe('accepted')
    await db.server.query('select disable_operator($1, $2)', [name, ADA])
    expect(await vote(approval, 'bo')).toBe('accepted')
    expect(await decisionOf(approval)).toBeNull()
    const { rows } = await db.server.query<{ person: string; counts: boolean }>(
      `select person, vote_void_since(person, actor, voted_at) is null as counts
       from approval_votes where approval_id = $1 order by voted_at`,
      [approval],
    )
    expect(rows).toEqual([
      { person: actor, counts: false },
      { person: 'operator:bo', counts: true },
    ])
    await db.server.query('select enable_operator($1, $2)', [name, ADA])
    const past = db.owner.query(
      `update approval_queue set decision = 'approved', decided_by = 'x', decided_at = now() where approval_id = $1`,
      [approval],
    )
    expect(await outcomeOf(past)).toBe('HP021')
    expect((await operators.runOf(db.admin, run)).heldBy).toEqual(['approval'])
    expect(await vote(approval, 'cy')).toBe('accepted')
    expect(await decisionOf(approval)).toBe('approved')
  })

  test.each([
    ['the role', `select change_operator($1, '{operator}', null, null, $2)`],
    ['the agent', `select change_operator($1, '{reviewer}', '{beta}', null, $2)`],
  ])('does not count once they may not decide any more: without %s', async (_, change) => {
    const { name } = await person(db.server, ['reviewer'])
    const { approval } = await needing(group('on-call', 2, name, 'bo', 'cy'))
    expect(await vote(approval, name)).toBe('accepted')
    await db.server.query(change, [name, ADA])
    expect(await vote(approval, 'bo')).toBe('accepted')
    expect(await decisionOf(approval)).toBeNull()
    expect(await vote(approval, 'cy')).toBe('accepted')
    expect(await decisionOf(approval)).toBe('approved')
  })

  test('counts after a change of its person that takes no answer away', async () => {
    const { name } = await person(db.server, ['reviewer'])
    const { approval } = await needing(group('on-call', 2, name, 'bo'))
    expect(await vote(approval, name)).toBe('accepted')
    await db.server.query(
      `select change_operator($1, '{reviewer,operator}', null, $1 || '@example.com', $2)`,
      [name, ADA],
    )
    expect(await vote(approval, 'bo')).toBe('accepted')
    expect(await decisionOf(approval)).toBe('approved')
  })

  test('through a token counts until it is revoked', async () => {
    const { name, actor } = await person(db.server, ['admin'])
    const token = `of-${name}`
    const made = `select make_token($1, sha256(convert_to($1::text, 'UTF8')), $2, null, null, $3)`
    await db.server.query(made, [token, ['read', 'decide'], actor])
    const { approval } = await needing(group('on-call', 2, name, 'bo', 'cy'))
    const byToken = operators.decideOn(db.server, approval, 'approved', { actor: `token:${token}` })
    expect(await outcomeOf(byToken)).toBe('accepted')
    await db.server.query('select revoke_token($1, $2)', [token, ADA])
    expect(await vote(approval, 'bo')).toBe('accepted')
    expect(await decisionOf(approval)).toBeNull()
  })

  test('through the machine’s token does not come back when that is made anew', async () => {
    const anew = async () => db.owner.query('select ensure_first_admin($1)', [secret()])
    await anew()
    const { approval } = await needing(
      { name: 'machine', count: 1, members: ['token:cli'] },
      group('on-call', 2, 'bo', 'cy'),
    )
    const byToken = operators.decideOn(db.server, approval, 'approved', { actor: 'token:cli' })
    expect(await outcomeOf(byToken)).toBe('accepted')
    // Another secret alone, as on a machine that lost its file, is no word against the former one.
    await anew()
    expect(await vote(approval, 'bo')).toBe('accepted')
    await db.server.query('select revoke_token($1, $2)', ['cli', ADA])
    await anew()
    expect(await vote(approval, 'cy')).toBe('accepted')
    expect(await decisionOf(approval)).toBeNull()
  })

  test('that is given while they are being disabled waits for that, and is none', async () => {
    const { name, actor } = await person(db.server, ['reviewer'])
    const { approval } = await needing(group('on-call', 2, name, 'bo'))
    const late = await behind(
      db.admin,
      {
        pool: db.server,
        work: async (client) => client.query('select disable_operator($1, $2)', [name, ADA]),
      },
      {
        pool: db.server,
        work: async (client) =>
          outcomeOf(operators.decideOn(client, approval, 'approved', { actor })),
      },
    )
    expect(late).toBe('HP030')
    expect(await vote(approval, 'bo')).toBe('accepted')
    expect(await decisionOf(approval)).toBeNull()
  })

  test('has decided what was decided before they were disabled', async () => {
    const { name } = await person(db.server, ['reviewer'])
    const { run, approval } = await needing(group('on-call', 2, name, 'bo'))
    await vote(approval, name)
    await vote(approval, 'bo')
    await db.server.query('select disable_operator($1, $2)', [name, ADA])
    expect(await decisionOf(approval)).toBe('approved')
    expect(await agents.beginCall(db.alpha, run)).toMatchObject({ decision: 'allow' })
  })
})

describe('the owner of a login', () => {
  test.each(['olga', ' Operator:Olga ', 'token:of-olga'])(
    'does not answer what it asks, written as "%s"',
    async (owner) => {
      const made = `select make_token('of-olga', sha256('of-olga'), '{read}', null, null, 'operator:olga')`
      if (owner.startsWith('token:')) await db.server.query(made)
      await db.server.query(`select own_agent_login('alpha', $1, 'operator:root')`, [owner])
      const approval = await agents.askFor(db.alpha, await agents.startRun(db.alpha))
      expect(await vote(approval, 'olga')).toBe('HP022')
      await db.server.query(`select own_agent_login('alpha', null, 'operator:root')`)
    },
  )

  test('who said yes before they were that is none of those who did', async () => {
    const { name, actor } = await person(db.server, ['reviewer'])
    const { approval } = await needing(group('on-call', 2, name, 'bo', 'cy'))
    expect(await vote(approval, name)).toBe('accepted')
    await db.server.query(`select own_agent_login('alpha', $1, $2)`, [actor, ADA])
    expect(await vote(approval, 'bo')).toBe('accepted')
    expect(await decisionOf(approval)).toBeNull()
    await db.server.query(`select own_agent_login('alpha', null, $1)`, [ADA])
    expect(await vote(approval, 'cy')).toBe('accepted')
    expect(await decisionOf(approval)).toBe('approved')
  })

  test('is a person whom Holdpoint knows, whoever writes it', async () => {
    for (const owner of ['nobody-here', 'operator:nobody-here', 'agent:alpha', '']) {
      const own = db.server.query(`select own_agent_login('alpha', $1, 'operator:root')`, [owner])
      expect([owner, await outcomeOf(own)]).toEqual([owner, 'HP031'])
      const past = db.owner.query(`update agent_logins set owner = $1 where agent_id = 'alpha'`, [
        owner,
      ])
      expect([owner, await outcomeOf(past)]).toEqual([owner, 'HP031'])
    }
  })
})
