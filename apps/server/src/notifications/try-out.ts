import { z } from 'zod'

import { must } from '../database/must.ts'
import { id, verb } from '../trpc/procedure.ts'

/** Sends a message that says it is a test, on the way of all others; the list tells how it went. */
export const tryOut = verb('administer')
  .input(z.object({ id: id<string>() }))
  .mutation(async ({ ctx, input }): Promise<{ notificationId: string }> => {
    const [row] = await ctx.database.verb<{ id: string }>('select test_channel($1, $2) as id', [
      input.id,
      ctx.caller.actor,
    ])
    return { notificationId: must(row, 'the message').id }
  })
