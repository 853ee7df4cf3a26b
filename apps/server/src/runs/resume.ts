import type { Run, RunId } from '@holdpoint/protocol'
import { z } from 'zod'

import type { Database } from '../database/database.ts'
import { must } from '../database/must.ts'
import { id, reason, verb } from '../trpc/procedure.ts'

/** Clears every hold that a person may lift this way; a decision and an isolation stay. */
export const resume = verb('control')
  .input(z.object({ id: id<RunId>(), reason }))
  .mutation(async ({ ctx, input }): Promise<Run> =>
    resumeRun(ctx.database, [input.id, ctx.caller.actor, input.reason]),
  )

/** `by`: the run, the actor, the reason. */
export async function resumeRun(database: Database, by: readonly unknown[]): Promise<Run> {
  const [row] = await database.verb<{ run: Run }>('select resume_run($1, $2, $3) as run', by)
  return must(row, 'resume_run').run
}
