import { createHash, randomBytes } from 'node:crypto'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { openContract } from './support/contract.ts'
import { ADA, callers, person, secret, signIn } from './support/people.ts'
import { one, outcomeOf } from './support/refusal.ts'

// Local accounts: the database compares, counts and begins the session; no server can skip one of these.
const db = await openContract()
const key = () => randomBytes(32)
const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest()

async function set(
  name: string,
  to: Buffer,
  old: Buffer | null = null,
  actor = `operator:${name}`,
) {
  const { done } = await one<{ done: boolean }>(
    db.server,
    `select set_password($1, $2, $3, '{"N": 2, "r": 8, "p": 1}', $4, null, $5) as done`,
    [name, old, randomBytes(16), hashOf(to), actor],
  )
  return done
}

async function attempt(name: string, with_: Buffer, address = '192.0.2.7', session = secret()) {
  const { done } = await one<{ done: boolean }>(
    db.server,
    'select sign_in_with_password($1, $2, $3, null, $4) as done',
    [name, with_, session, address],
  )
  return done
}

async function withPassword() {
  const { name } = await person(db.server, ['viewer'])
  const right = key()
  await set(name, right)
  return { name, right }
}

test('the right key begins a session, a wrong one does not, and both are in the log', async () => {
  const { name, right } = await withPassword()
  const session = secret()
  expect(await attempt(name, right, 'a', session)).toBe(true)
  expect(await callers(db.server, session)).toHaveLength(1)
  const other = secret()
  expect(await attempt(name, key(), 'a', other)).toBe(false)
  expect(await callers(db.server, other)).toEqual([])
  const { rows } = await db.admin.query<{ action: string }>(
    `select action from agent_audit_log where target_row_id = $1 and action like 'sign_in.%' order by seen_at`,
    [name],
  )
  expect(rows.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['sign_in.password', 'sign_in.begin', 'sign_in.refused']),
  )
})

test('neither the key nor its hash can be read by a server or an agent', async () => {
  for (const pool of [db.server, db.alpha]) {
    expect(await outcomeOf(pool.query('select key_hash from operator_passwords'))).toBe('42501')
    expect(await outcomeOf(pool.query('select pepper from sign_in_pepper'))).toBe('42501')
    expect(await outcomeOf(pool.query('select from sign_in_failures'))).toBe('42501')
  }
})

const keyOf = async (address: string) =>
  (await one<{ key: string }>(db.admin, 'select failure_key($1) as key', [`address:${address}`]))
    .key

/** Seconds of the wait that the last failure began. */
const waitOf = async (key: string) =>
  (
    await one<{ seconds: number }>(
      db.admin,
      `select round(extract(epoch from blocked_until - last_at))::int as seconds from sign_in_failures where key = $1`,
      [key],
    )
  ).seconds

/** A wait that the last failure began has an hour more, and none begins by that: no test races with a clock. */
const stretchWait = async (key: string) =>
  db.admin.query(
    `update sign_in_failures set blocked_until = blocked_until + interval '1 hour' where key = $1 and blocked_until > last_at`,
    [key],
  )

const endWait = async (key: string) =>
  db.admin.query('update sign_in_failures set blocked_until = last_at where key = $1', [key])

test('after five failures the account waits, also for the right key, also for many at once', async () => {
  const { name, right } = await withPassword()
  const account = `account:${name}`
  const waits = []
  for (let n = 0; n < 5; n++) {
    expect(await outcomeOf(attempt(name, key(), `place ${n}`))).toBe('accepted')
    waits.push(await waitOf(account))
  }
  expect(waits).toEqual([0, 0, 0, 0, 1])
  await stretchWait(account)
  expect(await outcomeOf(attempt(name, right, 'elsewhere'))).toBe('HP032')
  // The next failure makes it wait for minutes: of many at once one is heard.
  await db.admin.query('update sign_in_failures set failures = 14 where key = $1', [account])
  await endWait(account)
  const tries = await Promise.all(
    Array.from({ length: 12 }, async (_, n) => outcomeOf(attempt(name, key(), `many ${n}`))),
  )
  expect(tries.filter((outcome) => outcome === 'accepted')).toHaveLength(1)
  expect(tries.filter((outcome) => outcome === 'HP032')).toHaveLength(11)
  await endWait(account)
  expect(await attempt(name, right, 'elsewhere')).toBe(true)
})

test('failures of more than a day ago make nobody wait', async () => {
  const { name } = await withPassword()
  const account = `account:${name}`
  expect(await set(name, key(), key())).toBe(false)
  await db.admin.query(
    `update sign_in_failures set failures = 30, last_at = last_at - interval '25 hours' where key = $1`,
    [account],
  )
  await endWait(account)
  expect(await set(name, key(), key())).toBe(false)
  expect(await waitOf(account)).toBe(0)
})

/** Twenty failures from there, each for another name. */
async function guess(addressOf: (n: number) => string) {
  const place = await keyOf(addressOf(0))
  const waits = []
  for (let n = 0; n < 20; n++) {
    expect(await attempt(`guess-${place}-${n}`, key(), addressOf(n))).toBe(false)
    waits.push(await waitOf(place))
  }
  expect(waits).toEqual([...Array.from({ length: 19 }, () => 0), 1])
  await stretchWait(place)
}

test('an address that tries one name after the other waits, too; others do not', async () => {
  const { name, right } = await withPassword()
  await guess(() => '203.0.113.9')
  expect(await outcomeOf(attempt(name, right, '203.0.113.9'))).toBe('HP032')
  expect(await attempt(name, right, '203.0.113.10')).toBe(true)
})

test('a network of IPv6 counts as one address, and an IPv4 address as itself in whatever form', async () => {
  await guess((n) => `2001:db8:1:2::${n.toString(16)}`)
  expect(await outcomeOf(attempt('six', key(), '2001:db8:1:2:ffff::1%eth0'))).toBe('HP032')
  expect(await outcomeOf(attempt('six', key(), '2001:db8:1:3::1'))).toBe('accepted')
  expect(await keyOf('::ffff:cb00:7109')).toBe('address:203.0.113.9')
  expect(await keyOf('203.0.113.9')).toBe('address:203.0.113.9')
  expect(await keyOf('no address')).toBe('address:no address')
})

const salt = async (name: string) =>
  one<{ salt: Buffer; cost: object }>(db.server, `select * from password_salt($1, 'b')`, [name])

test('a name that nobody has is answered like one that has a password', async () => {
  const [first, again, other] = [
    await salt('never-heard-of'),
    await salt('never-heard-of'),
    await salt('nor-of-this'),
  ]
  expect(first.salt).toHaveLength(16)
  expect(first).toEqual(again)
  expect(first.salt).not.toEqual(other.salt)
})

test('whoever has a password shows it to change it; all other sessions end', async () => {
  const { name, right } = await withPassword()
  const session = await signIn(db.server, name)
  expect(await set(name, key())).toBe(false)
  expect(await set(name, key(), key())).toBe(false)
  expect(await callers(db.server, session)).toHaveLength(1)
  const next = key()
  expect(await set(name, next, right)).toBe(true)
  expect(await callers(db.server, session)).toEqual([])
  expect(await attempt(name, right, 'c')).toBe(false)
  expect(await attempt(name, next, 'c')).toBe(true)
})

test("nobody sets another's password, an administrator neither", async () => {
  const { name } = await withPassword()
  expect(await outcomeOf(set(name, key(), null, ADA))).toBe('HP030')
})

test('who is disabled, and whose password was taken away, does not come in with it', async () => {
  const first = await withPassword()
  await db.server.query('select disable_operator($1, $2)', [first.name, ADA])
  expect(await attempt(first.name, first.right, 'd')).toBe(false)
  const second = await withPassword()
  await db.server.query('select remove_password($1, $2)', [second.name, ADA])
  expect(await attempt(second.name, second.right, 'd')).toBe(false)
})

const allow = async (allowed: boolean, actor = ADA) =>
  outcomeOf(db.server.query('select allow_passwords($1, $2)', [allowed, actor]))

describe('turned off', () => {
  beforeAll(async () => void (await allow(false)))
  afterAll(async () => void (await allow(true)))

  test('a right password begins no session, and none is set', async () => {
    await allow(true)
    const { name, right } = await withPassword()
    await allow(false)
    const session = secret()
    expect(await outcomeOf(attempt(name, right, 'e', session))).toBe('HP030')
    expect(await callers(db.server, session)).toEqual([])
    expect(await outcomeOf(set(name, key(), right))).toBe('HP030')
    const { name: other } = await person(db.server, ['viewer'])
    expect(await outcomeOf(set(other, key()))).toBe('HP030')
  })

  test('it is said before a name or a key is looked at', async () => {
    expect(await outcomeOf(salt('never-heard-of'))).toBe('HP030')
  })

  test('links go on working', async () => {
    const { name } = await person(db.server, ['viewer'])
    expect(await callers(db.server, await signIn(db.server, name))).toHaveLength(1)
  })
})

test('only an administrator says whether passwords sign anybody in, and it is in the log', async () => {
  const { actor } = await person(db.server, ['operator', 'reviewer'])
  expect(await allow(false, actor)).toBe('HP030')
  expect(await allow(true)).toBe('HP015')
  const { rows } = await db.admin.query(
    `select from agent_audit_log where action = 'sign_in.ways' and actor <> $1`,
    [ADA],
  )
  expect(rows).toEqual([])
})
