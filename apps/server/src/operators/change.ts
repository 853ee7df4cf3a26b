import { verb } from '../trpc/procedure.ts'
import { rights } from './input.ts'

/** Gives a person these roles, agents and address; it holds from their next request on. */
export const change = verb('administer')
  .input(rights)
  .mutation(async ({ ctx, input: { name, roles, agents, email } }) => {
    await ctx.database.verb('select change_operator($1, $2, $3, $4, $5)', [
      name,
      roles,
      agents,
      email,
      ctx.caller.actor,
    ])
    return { name }
  })
