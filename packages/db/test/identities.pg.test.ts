import { expect, test } from 'vitest'

import { openContract } from './support/contract.ts'
import { ADA, callers, fresh, person as someone, secret, signIn } from './support/people.ts'
import { one, outcomeOf } from './support/refusal.ts'

// Accounts at a provider: the server says what the provider said, the database says who that is here.
const db = await openContract()
const issuer = 'https://login.example.com'

async function person() {
  const name = fresh('known')
  const mail = `${name}@example.com`
  await db.server.query(`select add_operator($1, '{viewer}', null, $2, $3)`, [name, mail, ADA])
  return { name, mail, sub: fresh('sub') }
}

interface Came {
  sub: string
  mail: string | null
  proved?: boolean
  state?: Buffer
  session?: Buffer
  address?: string
}

async function come({ sub, mail, proved = true, state, session, address = 'a' }: Came) {
  const { why } = await one<{ why: string | null }>(
    db.server,
    'select sign_in_with_identity($1, $2, $3, $4, $5, $6, null, $7) as why',
    [state ?? secret(), issuer, sub, mail, proved, session ?? secret(), address],
  )
  return why
}

test('a proved address begins a session for its person', async () => {
  const { name, ...account } = await person()
  const session = secret()
  expect(await come({ ...account, session })).toBeNull()
  expect(await callers(db.server, session)).toMatchObject([{ actor: `operator:${name}` }])
})

test('an address that is not proved signs nobody in', async () => {
  const session = secret()
  expect(await come({ ...(await person()), proved: false, session })).toBe('unproved')
  expect(await callers(db.server, session)).toEqual([])
})

test('an address that moves on takes nobody over', async () => {
  const { sub, mail } = await person()
  expect(await come({ sub, mail })).toBeNull()
  expect(await come({ sub: fresh('sub'), mail })).toBe('another account')
  expect(await come({ sub, mail: null, proved: false })).toBeNull()
})

test('of two accounts that come with one address at once, one is bound', async () => {
  const { mail } = await person()
  const whys = await Promise.all(
    Array.from({ length: 4 }, async () => come({ sub: fresh('sub'), mail })),
  )
  expect(whys.filter((why) => why === null)).toHaveLength(1)
  expect(whys.filter((why) => why === 'another account')).toHaveLength(3)
})

test('an answer is taken once', async () => {
  const { sub, mail } = await person()
  const state = secret()
  expect(await come({ sub, mail, state })).toBeNull()
  expect(await come({ sub, mail, state })).toBe('used')
})

test('who is refused often waits, and each refusal is in the log', async () => {
  const mail = `${fresh('stranger')}@example.com`
  const outcomes = []
  for (let n = 0; n < 22; n++)
    outcomes.push(await outcomeOf(come({ sub: 's', mail, address: 'far' })))
  expect(outcomes).toContain('HP032')
  const { rows } = await db.admin.query<{ actor: string }>(
    `select actor from agent_audit_log where action = 'sign_in.refused' and target_row_id = $1`,
    [mail],
  )
  expect(rows).toHaveLength(outcomes.filter((outcome) => outcome === 'accepted').length)
  // No person is said to have done it: who it was is a claim.
  expect(rows.every(({ actor }) => actor.startsWith('login:'))).toBe(true)
})

test('an agent reaches no account, and a server none but by unbinding it', async () => {
  expect(await outcomeOf(db.alpha.query('select from operator_identities'))).toBe('42501')
  expect(await outcomeOf(db.alpha.query(`select unbind_identity('a', 'b', $1)`, [ADA]))).toBe(
    '42501',
  )
  for (const pool of [db.server, db.alpha]) {
    const bind = `insert into operator_identities values ('i', 's', 'ada')`
    expect(await outcomeOf(pool.query(bind))).toBe('42501')
    expect(await outcomeOf(pool.query(`delete from operator_identities`))).toBe('42501')
    expect(await outcomeOf(pool.query('select from used_identity_answers'))).toBe('42501')
    expect(await outcomeOf(pool.query(`select forget_identity('ada', $1)`, [ADA]))).toBe('42501')
  }
})

const unbind = async (name: string, actor = ADA) =>
  outcomeOf(db.server.query('select unbind_identity($1, $2, $3)', [name, issuer, actor]))

test('an administrator unbinds an account: what began there ends, and the next proved address is bound', async () => {
  const { name, sub, mail } = await person()
  const [there, byLink] = [secret(), await signIn(db.server, name)]
  await come({ sub, mail, session: there })
  expect(await unbind(name)).toBe('accepted')
  expect(await callers(db.server, there)).toEqual([])
  expect(await callers(db.server, byLink)).toHaveLength(1)
  const { rows } = await db.admin.query<{ actor: string; subject: string }>(
    `select actor, data_before ->> 'subject' as subject from agent_audit_log
     where action = 'operator.unbind_identity' and target_row_id = $1`,
    [name],
  )
  expect(rows).toEqual([{ actor: ADA, subject: sub }])
  const other = fresh('sub')
  expect(await come({ sub: other, mail })).toBeNull()
  expect(await come({ sub, mail })).toBe('another account')
})

test('nobody below an administrator unbinds, not even themselves', async () => {
  const { name, sub, mail } = await person()
  await come({ sub, mail })
  const { actor } = await someone(db.server, ['operator', 'reviewer'])
  expect(await unbind(name, actor)).toBe('HP030')
  expect(await unbind(name, `operator:${name}`)).toBe('HP030')
  expect(await come({ sub, mail: null, proved: false })).toBeNull()
})

test('who has no account is not unbound', async () => {
  expect(await unbind((await person()).name)).toBe('HP015')
})
