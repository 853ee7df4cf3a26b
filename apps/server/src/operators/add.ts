import { verb } from '../trpc/procedure.ts'
import { rights } from './input.ts'

/** Adds a person. They come in with a link, or through a provider that proves their address. */
export const add = verb('administer')
  .input(rights)
  .mutation(async ({ ctx, input: { name, roles, agents, email } }) => {
    await ctx.database.verb('select add_operator($1, $2, $3, $4, $5)', [
      name,
      roles,
      agents,
      email,
      ctx.caller.actor,
    ])
    return { name }
  })
