import { verb } from '../trpc/procedure.ts'
import { rights } from './input.ts'

/** Both are told all of a person's roles, agents and address. */
const saving = (call: 'add_operator' | 'change_operator') =>
  verb('administer')
    .input(rights)
    .mutation(async ({ ctx, input: { name, roles, agents, email } }) => {
      const params = [name, roles, agents, email, ctx.caller.actor]
      await ctx.database.verb(`select ${call}($1, $2, $3, $4, $5)`, params)
      return { name }
    })

/** Adds a person. They come in with a link, or through a provider that proves their address. */
export const add = saving('add_operator')

/** Gives a person these roles, agents and address; it holds from their next request on. */
export const change = saving('change_operator')
