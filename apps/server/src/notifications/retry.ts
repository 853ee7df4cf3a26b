import { z } from 'zod'

import { id, verb } from '../trpc/procedure.ts'

/** Sends what was given up once more, and what waits at once. @returns how many messages */
export const retry = verb('administer')
  .input(z.object({ id: id<string>() }))
  .mutation(async ({ ctx, input }): Promise<{ messages: number }> => {
    const [row] = await ctx.database.verb<{ messages: number }>(
      'select retry_notifications($1, $2) as messages',
      [input.id, ctx.caller.actor],
    )
    return { messages: row?.messages ?? 0 }
  })
