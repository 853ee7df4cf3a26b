import type { Agent } from '@holdpoint/protocol'
import { z } from 'zod'

import type { Database } from '../database/database.ts'
import { must } from '../database/must.ts'
import { Problem, problemFrom } from '../database/problem.ts'
import { agentId, reason, verb } from '../trpc/procedure.ts'
import { readAgents } from './queries.ts'

/**
 * Locks an agent out. Three transactions, because an agent that keeps a run's row locked must not be able
 * to keep its own login open: lock the login, end its connections, hold its runs.
 */
export const isolate = verb('isolate')
  .input(z.object({ agentId, reason }))
  .mutation(async ({ ctx, input }): Promise<Agent> => {
    const by = [input.agentId, ctx.caller.actor, input.reason]
    await ctx.database.verb('select lock_agent_login($1, $2, $3)', by)
    // Its runs are held also where its connections cannot be ended.
    const ended = await settled(ctx.database.verb('select end_agent_sessions($1, $2, $3)', by))
    const held = await settled(holdRuns(ctx.database, by))
    const failed = ended.error ?? held.error
    if (failed !== undefined) throw halfDone(failed)
    const [agent] = await readAgents(ctx.database, input.agentId)
    return must(agent, 'the isolated agent')
  })

/** Runs that one transaction holds: however many an agent started, each call ends in time and stays done. */
const mostAtOnce = 1_000

export async function holdRuns(
  database: Database,
  by: readonly unknown[],
  most = mostAtOnce,
): Promise<void> {
  for (;;) {
    const [row] = await database.verb<{ held: number }>(
      'select hold_agent_runs($1, $2, $3, $4) as held',
      [...by, most],
    )
    if (must(row, 'hold_agent_runs').held === 0) return
  }
}

const settled = async (work: Promise<unknown>): Promise<{ error?: unknown }> =>
  work.then(
    () => ({}),
    (error: unknown) => ({ error }),
  )

/** Nobody may believe that nothing was done: the login is locked already. */
function halfDone(error: unknown): unknown {
  const known = problemFrom(error)
  if (known === undefined) return error
  return new Problem(
    {
      ...known.body,
      message: `The agent's login is locked, but not all is done. ${known.body.message}`,
      hint: 'Isolate it again to finish.',
    },
    { cause: error },
  )
}
