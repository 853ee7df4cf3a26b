import { createHash } from 'node:crypto'

import { escapeIdentifier } from 'pg'

import { SERVER_GROUP } from '../migrate/cluster-roles.ts'
import { DEFAULT_SCHEMA } from '../migrate/migrate.ts'
import { makeLogin } from './make-login.ts'

export interface ServerLoginOptions {
  adminUrl: string
  /** What tells this server from its replicas, for instance the path of its data folder. */
  instance: string
  schema?: string
  /** To keep the same one over restarts; otherwise each call sets a new random password. */
  password?: string
}

/**
 * Makes the login of one server process, or gives it a new password.
 * @returns its connection string. It holds the password: never log it.
 */
export async function ensureServerLogin(options: ServerLoginOptions): Promise<string> {
  const schema = options.schema ?? DEFAULT_SCHEMA
  return makeLogin({
    adminUrl: options.adminUrl,
    schema,
    login: serverLoginName(options.instance),
    group: SERVER_GROUP,
    password: options.password,
    searchPath: `${escapeIdentifier(schema)}, pg_temp`,
    whenThere: 'set-password',
  })
}

/** `holdpoint_server_` and 8 hex digits that depend on the instance alone. */
export function serverLoginName(instance: string): string {
  return `holdpoint_server_${createHash('sha256').update(instance).digest('hex').slice(0, 8)}`
}
