import type { Run, RunId } from '@holdpoint/protocol'
import { z } from 'zod'

import type { Database } from '../database/database.ts'
import { must } from '../database/must.ts'
import { id, reason, verb } from '../trpc/procedure.ts'

/**
 * Clears every hold that a person may lift this way; a decision and an isolation stay. `verdict`: whether the rule that
 * holds the run was right, said in the same transaction.
 */
export const resume = verb('control')
  .input(z.object({ id: id<RunId>(), reason, verdict: z.enum(['right', 'wrong']).optional() }))
  .mutation(async ({ ctx, input }): Promise<Run> => {
    if (input.verdict === undefined) {
      return resumeRun(ctx.database, [input.id, ctx.caller.actor, input.reason])
    }
    const [row] = await ctx.database.verb<{ run: Run }>(
      'select resume_judged($1, $2, $3, $4) as run',
      [input.id, ctx.caller.actor, input.verdict === 'right', input.reason],
    )
    return must(row, 'resume_judged').run
  })

/** `by`: the run, the actor, the reason. */
export async function resumeRun(database: Database, by: readonly unknown[]): Promise<Run> {
  const [row] = await database.verb<{ run: Run }>('select resume_run($1, $2, $3) as run', by)
  return must(row, 'resume_run').run
}
