import { z } from 'zod'

import { agentId, verb } from '../trpc/procedure.ts'

/** Says whose an agent's login is: that person does not answer what it asks for. Null: nobody's. */
export const own = verb('administer')
  .input(
    z.object({
      agentId,
      owner: z
        .string()
        .regex(/^operator:\S{1,190}$/, 'name a person, as in operator:ana')
        .nullable(),
    }),
  )
  .mutation(async ({ ctx, input }): Promise<{ agentId: string; owner: string | null }> => {
    await ctx.database.verb('select own_agent_login($1, $2, $3)', [
      input.agentId,
      input.owner,
      ctx.caller.actor,
    ])
    return { agentId: input.agentId, owner: input.owner }
  })
