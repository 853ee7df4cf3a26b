import type { Database } from '../database/database.ts'
import { hashOf } from '../database/secrets.ts'
import type { Identity } from './identity-provider.ts'

interface Arrival extends Identity {
  /** Of the attempt that this is the answer to: none is taken twice. */
  readonly state: string
  /** The secret that the session will have. */
  readonly secret: string
  readonly userAgent: string | null
  readonly address: string | null
}

export type WhyNot = 'used' | 'unproved' | 'unknown' | 'disabled' | 'another account'

/**
 * Signs in whom the provider named. The database says who that is here, and begins the session.
 * @returns null once signed in, or why not. @throws Problem TOO_MANY_TRIES
 */
export async function signInWithIdentity(database: Database, a: Arrival): Promise<WhyNot | null> {
  const [row] = await database.verb<{ why: WhyNot | null }>(
    'select sign_in_with_identity($1, $2, $3, $4, $5, $6, $7, $8) as why',
    [
      hashOf(a.state),
      a.issuer,
      a.subject,
      a.email,
      a.proved,
      hashOf(a.secret),
      a.userAgent,
      a.address,
    ],
  )
  return row === undefined ? 'unknown' : row.why
}
