import { z } from 'zod'

import { agentId, reason, verb } from '../trpc/procedure.ts'

/** Strikes off a loop that nobody runs any more; its firings are kept. */
export const retire = verb('control')
  .input(z.object({ agentId, name: z.string().min(1).max(200), reason }))
  .mutation(async ({ ctx, input }): Promise<{ agentId: string; name: string }> => {
    await ctx.database.verb('select retire_loop($1, $2, $3, $4)', [
      input.agentId,
      input.name,
      ctx.caller.actor,
      input.reason,
    ])
    return { agentId: input.agentId, name: input.name }
  })
