import { describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import * as operators from './support/operators.ts'
import { ADA, callers, fresh, person, secret, signIn, token } from './support/people.ts'
import { one, outcomeOf } from './support/refusal.ts'

// How people and scripts come in, and what ends it. The server reaches no secret and no hash of one.
const db = await openContract()

const pause = async (actor: string) =>
  operators.pause(db.server, await agents.startPlain(db.alpha), actor)
const approve = async (actor: string) =>
  operators.decide(
    db.server,
    await agents.requestApproval(db.alpha, await agents.startPlain(db.alpha)),
    'approved',
    actor,
  )
const saveView = async (actor: string) =>
  db.server.query('select save_view($1, $2, $3)', [fresh('view'), 'state=paused', actor])

describe('a session', () => {
  test('is known by its secret alone, which is kept nowhere', async () => {
    const { name, actor } = await person(db.server, ['operator'])
    const session = await signIn(db.server, name)
    expect(await callers(db.server, session, secret())).toEqual([
      { actor, scopes: ['control', 'isolate', 'read'] },
    ])
    expect(await outcomeOf(db.server.query('select token_hash from operator_sessions'))).toBe(
      '42501',
    )
    expect(await outcomeOf(db.alpha.query('select from operator_sessions'))).toBe('42501')
    expect(await outcomeOf(db.alpha.query('select callers_of($1)', [[session]]))).toBe('42501')
  })

  test('ends when its person ends it, signs out everywhere, is signed out, or is disabled', async () => {
    const ends: Record<string, (name: string, id: string) => Promise<unknown>> = {
      own: async (name, id) =>
        db.server.query('select end_sign_in($1, $2)', [id, `operator:${name}`]),
      everywhere: async (name) =>
        db.server.query('select end_sign_ins($1, $2)', [name, `operator:${name}`]),
      revoked: async (_, id) => db.server.query('select end_sign_in($1, $2)', [id, ADA]),
      disabled: async (name) => db.server.query('select disable_operator($1, $2)', [name, ADA]),
    }
    for (const [how, end] of Object.entries(ends)) {
      const { name } = await person(db.server, ['viewer'])
      const session = await signIn(db.server, name)
      const { id } = await one<{ id: string }>(
        db.server,
        'select session_id as id from operator_sessions where operator = $1',
        [name],
      )
      await end(name, id)
      expect([how, await callers(db.server, session)]).toEqual([how, []])
    }
  })

  test('is over after 30 days, and after a week in which nobody used it', async () => {
    const { name } = await person(db.server, ['viewer'])
    for (const column of ['expires_at', 'last_seen_at']) {
      const session = await signIn(db.server, name)
      expect(await callers(db.server, session)).toHaveLength(1)
      await db.admin.query(
        `update operator_sessions set ${column} = ${column} - interval '30 days' where token_hash = $1`,
        [session],
      )
      expect(await callers(db.server, session)).toEqual([])
    }
  })

  test("follows its person's role from one request to the next", async () => {
    const { name } = await person(db.server, ['operator'])
    const session = await signIn(db.server, name)
    await db.server.query('select change_operator($1, $2, null, null, $3)', [name, ['viewer'], ADA])
    expect(await callers(db.server, session)).toEqual([
      { actor: `operator:${name}`, scopes: ['read'] },
    ])
  })

  test('of another is not ended by someone who does not administer', async () => {
    const { actor } = await person(db.server, ['operator', 'reviewer'])
    await signIn(db.server, 'tom')
    expect(await outcomeOf(db.server.query(`select end_sign_ins('tom', $1)`, [actor]))).toBe(
      'HP030',
    )
  })
})

describe('a link', () => {
  test('is not made for nobody, nor for one who is disabled', async () => {
    const { name } = await person(db.server, ['viewer'])
    await db.server.query('select disable_operator($1, $2)', [name, ADA])
    for (const each of [name, 'nobody-here']) {
      const made = db.server.query('select make_sign_in_link($1, $2, 1, $3)', [secret(), each, ADA])
      expect(await outcomeOf(made)).toBe('HP031')
    }
  })

  test('is good for ten minutes more once it was used, since browsers fetch ahead', async () => {
    const { name } = await person(db.server, ['viewer'])
    const link = secret()
    await db.server.query('select make_sign_in_link($1, $2, 1, $3)', [link, name, ADA])
    const use = async (session: Buffer) =>
      (await db.server.query('select use_sign_in_link($1, $2, null, null)', [link, session]))
        .rowCount
    expect([await use(secret()), await use(secret())]).toEqual([1, 1])
    await db.admin.query(
      `update sign_in_links set used_at = used_at - interval '10 minutes' where link_hash = $1`,
      [link],
    )
    const late = secret()
    expect(await use(late)).toBe(0)
    expect(await callers(db.server, late)).toEqual([])
  })

  test('is no longer good once its person is disabled', async () => {
    const { name } = await person(db.server, ['viewer'])
    const link = secret()
    await db.server.query('select make_sign_in_link($1, $2, 1, $3)', [link, name, ADA])
    await db.server.query('select disable_operator($1, $2)', [name, ADA])
    await db.server.query('select enable_operator($1, $2)', [name, ADA])
    const { rows } = await db.server.query('select use_sign_in_link($1, $2, null, null)', [
      link,
      secret(),
    ])
    expect(rows).toEqual([])
  })
})

describe('a token', () => {
  test('does what its scopes say, until it is revoked or expires', async () => {
    const { name, hash, actor } = await token(db.server, ['read', 'control'])
    expect(await outcomeOf(pause(actor))).toBe('accepted')
    expect(await outcomeOf(approve(actor))).toBe('HP030')
    expect(await callers(db.server, hash)).toHaveLength(1)
    await db.server.query('select revoke_token($1, $2)', [name, ADA])
    expect(await callers(db.server, hash)).toEqual([])
    expect(await outcomeOf(pause(actor))).toBe('HP030')
    const old = await token(db.server, ['control'])
    await db.admin.query(`update api_tokens set expires_at = now() where name = $1`, [old.name])
    expect(await outcomeOf(pause(old.actor))).toBe('HP030')
  })

  test('never does more than the one who made it may do now', async () => {
    const { name, actor } = await person(db.server, ['admin'])
    const made = fresh('token')
    await db.server.query(`select make_token($1, $2, '{read,decide,control}', null, null, $3)`, [
      made,
      secret(),
      actor,
    ])
    const change = async (only: string[] | null) =>
      db.server.query('select change_operator($1, $2, $3, null, $4)', [
        name,
        ['operator'],
        only,
        ADA,
      ])
    await change(null)
    expect(await outcomeOf(approve(`token:${made}`))).toBe('HP030')
    expect(await outcomeOf(pause(`token:${made}`))).toBe('accepted')
    await change(['beta'])
    expect(await outcomeOf(pause(`token:${made}`))).toBe('HP030')
    await db.server.query('select disable_operator($1, $2)', [name, ADA])
    expect(await outcomeOf(saveView(`token:${made}`))).toBe('HP030')
  })

  test('that was revoked never gives its name to another', async () => {
    const { name } = await token(db.server, ['read'])
    await db.server.query('select revoke_token($1, $2)', [name, ADA])
    const again = db.server.query(`select make_token($1, $2, '{read}', null, null, $3)`, [
      name,
      secret(),
      ADA,
    ])
    expect(await outcomeOf(again)).toBe('HP015')
  })
})
