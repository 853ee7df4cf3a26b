import { z } from 'zod'

import { reason, verb } from '../trpc/procedure.ts'

/** Ends one connection of an agent that keeps a control waiting; its open transaction rolls back. */
export const endSession = verb('isolate')
  .input(z.object({ pid: z.number().int().min(1).max(2_147_483_647), reason }))
  .mutation(async ({ ctx, input }): Promise<{ ended: boolean }> => {
    const [row] = await ctx.database.verb<{ ended: boolean }>(
      'select end_session($1, $2, $3) as ended',
      [input.pid, ctx.caller.actor, input.reason],
    )
    return { ended: row?.ended === true }
  })
