import type { ClientBase } from 'pg'
import { Client, escapeIdentifier, escapeLiteral } from 'pg'

import { retryOnRace } from '../migrate/catalog-race.ts'
import { AGENT_GROUP, OWNER, type SERVER_GROUP } from '../migrate/cluster-roles.ts'
import { asOwner } from '../migrate/open-schema.ts'
import { LoginExistsError } from './errors.ts'
import { urlForLogin } from './login-url.ts'
import { randomPassword, scramVerifier } from './scram-verifier.ts'

export interface LoginRequest {
  adminUrl: string
  schema: string
  login: string
  group: typeof AGENT_GROUP | typeof SERVER_GROUP
  /** Kept by the caller; a random one otherwise. ASCII. */
  password?: string | undefined
  /** What unqualified names mean to this login in this database. */
  searchPath: string
  /** What to do about a login of that name: give it this password, or refuse. */
  whenThere: 'set-password' | 'refuse'
  /** Further statements of the same transaction, as owner. */
  also?: (client: ClientBase) => Promise<void>
}

/**
 * Makes a login, or gives one a new password, in one transaction as owner.
 * @returns its connection string. @throws LoginExistsError
 */
export async function makeLogin(request: LoginRequest): Promise<string> {
  const password = request.password ?? randomPassword()
  const client = new Client({ connectionString: request.adminUrl, application_name: 'holdpoint' })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await retryOnRace(() =>
      asOwner(client, request.schema, async () => {
        await writeLogin(client, request, scramVerifier(password))
        await request.also?.(client)
      }),
    )
  } finally {
    await client.end().catch(() => undefined)
  }
  return urlForLogin(request.adminUrl, request.login, password)
}

async function writeLogin(client: Client, request: LoginRequest, verifier: string): Promise<void> {
  const login = escapeIdentifier(request.login)
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [
    request.login,
  ])
  if (rowCount === 1 && request.whenThere === 'refuse') {
    throw new LoginExistsError(
      `The login ${request.login} exists already. Choose another name, or ask for a new password for it.`,
    )
  }
  // A new password must not unlock an agent that was isolated, so LOGIN is given once, at birth.
  const change = rowCount === 1 ? `alter role ${login}` : `create role ${login} login`
  await client.query(`${change} password ${escapeLiteral(verifier)}`)
  await grantOnce(client, request.group, request.login, 'inherit true, set false')
  // With this the owner may end the agent's sessions even where no host grants pg_signal_backend.
  if (request.group === AGENT_GROUP)
    await grantOnce(client, request.login, OWNER, 'inherit true, set false')
  await client.query(
    `alter role ${login} in database ${escapeIdentifier(await currentDatabase(client))} set search_path = ${request.searchPath}`,
  )
}

async function grantOnce(client: Client, role: string, to: string, options: string): Promise<void> {
  const { rows } = await client.query<{ member: boolean }>(
    `select pg_has_role($1, $2, 'usage') as member`,
    [to, role],
  )
  if (rows[0]?.member === true) return
  await client.query(`grant ${escapeIdentifier(role)} to ${escapeIdentifier(to)} with ${options}`)
}

async function currentDatabase(client: Client): Promise<string> {
  const { rows } = await client.query<{ name: string }>('select current_database() as name')
  return rows[0]?.name ?? ''
}
