import { noDriftPolicy, type DriftPolicy } from '@holdpoint/protocol'
import { parsePolicy, type Settings, SettingsError } from '@holdpoint/rules'
import { z } from 'zod'

import { must } from '../database/must.ts'
import { problem } from '../database/problem.ts'
import { agentId, query, reason, verb } from '../trpc/procedure.ts'
import { driftPolicyJson } from './queries.ts'

const mostVersions = 100

/** Settings as an object of JSON; what they may say is the rules' to know. */
export const settings = z.record(z.string(), z.unknown())

/** The settings, or which of them cannot be used and why, in a sentence. */
export function readSettings(given: unknown): Settings | string {
  try {
    return parsePolicy(given)
  } catch (error) {
    if (error instanceof SettingsError) return error.message
    throw error
  }
}

/** Every version of an agent's policy, the newest first; version 0 where nobody gave it one. */
export const policy = query
  .input(z.object({ agentId }))
  .query(async ({ ctx, input }): Promise<readonly DriftPolicy[]> => {
    const rows = await ctx.database.read<{ row: DriftPolicy }>(
      `select ${driftPolicyJson('s')} as row from drift_policies s where s.agent_id = $1
       order by s.version desc limit ${mostVersions}`,
      [input.agentId],
    )
    return rows.length === 0 ? [noDriftPolicy(input.agentId)] : rows.map(({ row }) => row)
  })

export interface AgentDrift {
  readonly policy: DriftPolicy
  /** What people said of what was found. */
  readonly right: number
  readonly wrong: number
}

/** The policies as they are now, of all agents that have one. */
export const policies = query.query(async ({ ctx }): Promise<readonly AgentDrift[]> => {
  const rows = await ctx.database.read<{ row: AgentDrift }>(
    `select jsonb_build_object('policy', ${driftPolicyJson('s')},
       'right', (select count(*) from detections d where d.agent_id = s.agent_id and d.verdict = 'right'),
       'wrong', (select count(*) from detections d where d.agent_id = s.agent_id and d.verdict = 'wrong')) as row
     from (select distinct on (agent_id) * from drift_policies order by agent_id, version desc) s limit 2000`,
  )
  return rows.map(({ row }) => row)
})

/** Gives an agent another policy. `expected`: the version that the writer has seen. */
export const savePolicy = verb('control')
  .input(
    z.object({ agentId, settings, holds: z.boolean(), reason, expected: z.number().int().min(0) }),
  )
  .mutation(async ({ ctx, input }): Promise<{ version: number }> => {
    const read = readSettings(input.settings)
    if (typeof read === 'string') throw problem('BAD_REQUEST', read)
    const [row] = await ctx.database.verb<{ version: number }>(
      'select save_drift_policy($1, $2, $3, $4, $5, $6) as version',
      [
        input.agentId,
        JSON.stringify(input.settings),
        input.holds,
        ctx.caller.actor,
        input.reason,
        input.expected,
      ],
    )
    return must(row, 'save_drift_policy')
  })
