import { must } from '../database/must.ts'
import { query } from './procedure.ts'

export interface SystemInfo {
  readonly environment: string
  readonly user: { readonly name: string }
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
    user: { name: ctx.caller.actor.replace(/^\w+:/, '') },
    version: ctx.system.version,
    postgres: { version: must(row, 'server_version').version, embedded: ctx.system.embedded },
    startedAt: ctx.system.startedAt,
  }
})
