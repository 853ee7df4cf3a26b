import type { Run, RunId } from '@holdpoint/protocol'
import { z } from 'zod'

import type { Database } from '../database/database.ts'
import { must } from '../database/must.ts'
import { id, reason, verb } from '../trpc/procedure.ts'

/** Holds a run before its next action. Answers with the run as it stands afterwards. */
export const pause = verb('control')
  .input(z.object({ id: id<RunId>(), reason }))
  .mutation(async ({ ctx, input }): Promise<Run> =>
    pauseRun(ctx.database, [input.id, ctx.caller.actor, input.reason]),
  )

/** `by`: the run, the actor, the reason. */
export async function pauseRun(database: Database, by: readonly unknown[]): Promise<Run> {
  const [row] = await database.verb<{ run: Run }>('select pause_run($1, $2, $3) as run', by)
  return must(row, 'pause_run').run
}
