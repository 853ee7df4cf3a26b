import type { Contract } from '../support/contract.ts'
import { ADA, fresh, person, secret, signIn, token } from '../support/people.ts'
import { one } from '../support/refusal.ts'
import type { Verb } from './verb.ts'

const someone = async (db: Contract): Promise<string> => (await person(db.server, ['viewer'])).name

async function disabled(db: Contract): Promise<string> {
  const name = await someone(db)
  await db.server.query('select disable_operator($1, $2)', [name, ADA])
  return name
}

async function signedIn(db: Contract): Promise<string> {
  const name = await someone(db)
  await signIn(db.server, name)
  return name
}

const password = `$2, null, '\\x00112233445566778899aabbccddeeff', '{"N": 2, "r": 8, "p": 1}', sha256('k'), null`

async function withPassword(db: Contract): Promise<string> {
  const name = await someone(db)
  await db.owner.query('update sign_in_ways set passwords = true')
  await db.server.query(`select set_password(${password.replace('$2', '$1')}, $2)`, [
    name,
    `operator:${name}`,
  ])
  return name
}

async function bound(db: Contract): Promise<string> {
  const name = await someone(db)
  await db.admin.query(
    `insert into operator_identities (issuer, subject, operator) values ('https://id.example', $1, $1)`,
    [name],
  )
  return name
}

export const verbsOfPeople: Readonly<Record<string, Verb>> = {
  add_operator: {
    scope: 'administer',
    ready: async () => [`select add_operator($2, '{viewer}', null, null, $1)`, fresh('added')],
  },
  change_operator: {
    scope: 'administer',
    ready: async (db) => [
      `select change_operator($2, '{admin}', null, null, $1)`,
      await someone(db),
    ],
  },
  disable_operator: {
    scope: 'administer',
    ready: async (db) => [`select disable_operator($2, $1)`, await someone(db)],
  },
  enable_operator: {
    scope: 'administer',
    ready: async (db) => [`select enable_operator($2, $1)`, await disabled(db)],
  },
  make_sign_in_link: {
    scope: 'administer',
    ready: async (db) => [`select make_sign_in_link($2, $3, 1, $1)`, secret(), await someone(db)],
  },
  make_token: {
    scope: 'administer',
    ready: async () => [
      `select make_token($2, $3, '{read}', null, null, $1)`,
      fresh('made'),
      secret(),
    ],
  },
  revoke_token: {
    scope: 'administer',
    ready: async (db) => [`select revoke_token($2, $1)`, (await token(db.server, ['read'])).name],
  },
  end_sign_in: {
    scope: 'administer',
    ready: async (db) => {
      const { id } = await one<{ id: string }>(
        db.admin,
        'select session_id as id from operator_sessions where operator = $1',
        [await signedIn(db)],
      )
      return [`select end_sign_in($2, $1)`, id]
    },
  },
  end_sign_ins: {
    scope: 'administer',
    ready: async (db) => [`select end_sign_ins($2, $1)`, await signedIn(db)],
  },
  // One's own, and nobody else's.
  set_password: {
    scope: 'read',
    ready: async (db, actor) => {
      await db.owner.query('update sign_in_ways set passwords = true')
      return [`select set_password(${password}, $1)`, actor.replace(/^operator:/, '')]
    },
  },
  remove_password: {
    scope: 'administer',
    ready: async (db) => [`select remove_password($2, $1)`, await withPassword(db)],
  },
  unbind_identity: {
    scope: 'administer',
    ready: async (db) => [`select unbind_identity($2, 'https://id.example', $1)`, await bound(db)],
  },
  allow_passwords: {
    scope: 'administer',
    ready: async () => [`select allow_passwords(not passwords, $1) from sign_in_ways`],
  },
}
