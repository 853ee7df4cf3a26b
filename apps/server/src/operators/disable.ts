import { z } from 'zod'

import { reason, verb } from '../trpc/procedure.ts'
import { person } from './input.ts'

/** Ends all that a person has: sessions with their streams, links, tokens. Nobody is removed, for the log names them. */
export const disable = verb('administer')
  .input(z.object({ name: person, reason }))
  .mutation(async ({ ctx, input }) => {
    await ctx.database.verb('select disable_operator($1, $2, $3)', [
      input.name,
      ctx.caller.actor,
      input.reason,
    ])
    return { name: input.name }
  })

export const enable = verb('administer')
  .input(z.object({ name: person }))
  .mutation(async ({ ctx, input }) => {
    await ctx.database.verb('select enable_operator($1, $2)', [input.name, ctx.caller.actor])
    return { name: input.name }
  })
