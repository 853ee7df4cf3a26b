import { createHash, randomBytes } from 'node:crypto'

import type { Role } from '@holdpoint/protocol'
import type { Pool } from 'pg'

/** An administrator whom every test database has. */
export const ADA = 'operator:ada'

/** The hash of a secret that nobody knows. */
export const secret = (): Buffer => createHash('sha256').update(randomBytes(8)).digest()

let counted = 0
export const fresh = (word: string): string => `${word}-${++counted}`

/** A person whom no other test has. */
export async function person(
  server: Pool,
  roles: readonly Role[],
  only: readonly string[] | null = null,
): Promise<{ name: string; actor: string }> {
  const name = fresh('person')
  await server.query('select add_operator($1, $2, $3, null, $4)', [name, roles, only, ADA])
  return { name, actor: `operator:${name}` }
}

/** Signs someone in with a link. @returns the hash of the session's secret */
export async function signIn(server: Pool, name: string): Promise<Buffer> {
  const [link, session] = [secret(), secret()]
  await server.query('select make_sign_in_link($1, $2, 1, $3)', [link, name, ADA])
  const { rowCount } = await server.query(
    `select person from use_sign_in_link($1, $2, 'a browser', '192.0.2.1')`,
    [link, session],
  )
  if (rowCount !== 1) throw new Error(`${name} did not get in`)
  return session
}

/** Whose secrets these are, as the server is told. */
export const callers = async (
  server: Pool,
  ...secrets: Buffer[]
): Promise<{ actor: string; scopes: string[] }[]> =>
  (
    await server.query<{ actor: string; scopes: string[] }>(
      'select actor, scopes from callers_of($1)',
      [secrets],
    )
  ).rows

export async function token(
  server: Pool,
  scopes: readonly string[],
  only: readonly string[] | null = null,
): Promise<{ name: string; hash: Buffer; actor: string }> {
  const [name, hash] = [fresh('token'), secret()]
  await server.query('select make_token($1, $2, $3, $4, null, $5)', [name, hash, scopes, only, ADA])
  return { name, hash, actor: `token:${name}` }
}
