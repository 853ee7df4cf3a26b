import { z } from 'zod'

import { id, verb } from '../trpc/procedure.ts'

/** Takes a channel away, with its secrets and with what it was not yet told. */
export const remove = verb('administer')
  .input(z.object({ id: id<string>() }))
  .mutation(async ({ ctx, input }): Promise<{ id: string }> => {
    await ctx.database.verb('select remove_channel($1, $2)', [input.id, ctx.caller.actor])
    return { id: input.id }
  })
