import type { Database } from '../database/database.ts'
import { must } from '../database/must.ts'
import { hashOf } from '../database/secrets.ts'
import { type Cost, deriveKey } from './derive-key.ts'

interface Attempt {
  readonly name: string
  readonly password: string
  /** The secret that the session will have. */
  readonly secret: string
  readonly userAgent: string | null
  readonly address: string | null
}

/**
 * Signs in with a local password. The database compares, counts and begins the session.
 * @returns false when name or password is wrong. @throws Problem TOO_MANY_TRIES
 */
export async function signInWithPassword(database: Database, attempt: Attempt): Promise<boolean> {
  const { name, password, secret, userAgent, address } = attempt
  const [known] = await database.read<{ salt: Buffer; cost: Cost }>(
    'select salt, cost from password_salt($1, $2)',
    [name, address],
  )
  const { salt, cost } = must(known, 'a salt')
  const key = await deriveKey(password, salt, cost)
  const [row] = await database.verb<{ done: boolean }>(
    'select sign_in_with_password($1, $2, $3, $4, $5) as done',
    [name, key, hashOf(secret), userAgent, address],
  )
  return row?.done === true
}
