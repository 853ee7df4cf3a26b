import type { Run, RunId } from '@holdpoint/protocol'
import { z } from 'zod'

import { id, reason, verb } from '../trpc/procedure.ts'

/** Ends a run and all below it for good. `killed` holds the named run first, then its descendants. */
export const kill = verb('control')
  .input(z.object({ id: id<RunId>(), reason }))
  .mutation(async ({ ctx, input }): Promise<{ killed: readonly Run[] }> => {
    const rows = await ctx.database.verb<{ run: Run }>(
      'select k as run from kill_run($1, $2, $3) k',
      [input.id, ctx.caller.actor, input.reason],
    )
    return { killed: rows.map(({ run }) => run) }
  })
