import type { Role, Scope } from '@holdpoint/protocol'

import { must } from '../database/must.ts'
import { type Caller, query } from './procedure.ts'

/** Who asks, and what they may do. The database decides all the same. */
export interface Person {
  readonly name: string
  readonly actor: string
  readonly roles: readonly Role[]
  readonly scopes: readonly Scope[]
  /** Whose runs they may command; null is every agent's. */
  readonly agents: readonly string[] | null
}

export interface SystemInfo {
  readonly environment: string
  readonly user: Person
  readonly version: string
  readonly postgres: { readonly version: string; readonly embedded: boolean }
  readonly startedAt: string
}

/** What a page's head says about where one is. */
export const info = query.query(async ({ ctx }): Promise<SystemInfo> => {
  const [row] = await ctx.database.read<{ version: string }>(
    `select split_part(current_setting('server_version'), ' ', 1) as version`,
  )
  return {
    environment: ctx.system.environment,
    user: personOf(ctx.caller),
    version: ctx.system.version,
    postgres: { version: must(row, 'server_version').version, embedded: ctx.system.embedded },
    startedAt: ctx.system.startedAt,
  }
})

const personOf = ({ actor, roles = [], scopes, agents = null }: Caller): Person => ({
  name: actor.replace(/^\w+:/, ''),
  actor,
  roles,
  scopes,
  agents,
})
