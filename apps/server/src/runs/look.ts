import type { Run, RunId } from '@holdpoint/protocol'
import { z } from 'zod'

import { must } from '../database/must.ts'
import { id, verb } from '../trpc/procedure.ts'

/** A person has looked at a run: what a check-in counts from. Answers with the run as it stands. */
export const look = verb('control')
  .input(z.object({ id: id<RunId>() }))
  .mutation(async ({ ctx, input }): Promise<Run> => {
    const [row] = await ctx.database.verb<{ run: Run }>('select look_at_run($1, $2) as run', [
      input.id,
      ctx.caller.actor,
    ])
    return must(row, 'look_at_run').run
  })
