import type { Run, RunId } from '@holdpoint/protocol'
import { z } from 'zod'

import type { Database } from '../database/database.ts'
import { Problem, problemFrom } from '../database/problem.ts'
import { id, reason, verb } from '../trpc/procedure.ts'

/** Runs that one transaction kills: however many an agent started, each call ends in time and stays done. */
const mostAtOnce = 1_000

/** Ends a run and all below it for good. `killed` holds the named run first, then its descendants. */
export const kill = verb('control')
  .input(z.object({ id: id<RunId>(), reason }))
  .mutation(async ({ ctx, input }): Promise<{ killed: readonly Run[] }> => {
    const by = [input.id, ctx.caller.actor, input.reason]
    return { killed: await killTree(ctx.database, by) }
  })

/** Each call of kill_run goes on where the one before stopped. */
export async function killTree(
  database: Database,
  by: readonly unknown[],
  most = mostAtOnce,
): Promise<readonly Run[]> {
  const killed: Run[] = []
  for (;;) {
    try {
      const rows = await database.verb<{ run: Run }>(
        'select k as run from kill_run($1, $2, $3, $4) k',
        [...by, most],
      )
      killed.push(...rows.map(({ run }) => run))
      if (rows.length < most) return killed
    } catch (error) {
      if (killed.length === 0) throw error
      // The call before had killed the last of them.
      if (problemFrom(error)?.body.code === 'RUN_ENDED') return killed
      throw halfDone(error, killed.length)
    }
  }
}

/** Nobody may believe that nothing was done: the run is killed already. */
function halfDone(error: unknown, killed: number): unknown {
  const known = problemFrom(error)
  if (known === undefined) return error
  return new Problem(
    {
      ...known.body,
      message: `The run is killed, and ${killed - 1} below it, but not all. ${known.body.message}`,
      hint: 'Kill what is left below it, or isolate its agent.',
    },
    { cause: error },
  )
}
