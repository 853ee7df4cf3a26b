import { z } from 'zod'

import { verb } from '../trpc/procedure.ts'
import { viewName } from './name.ts'

/** Keeps a filter of the fleet under a name, for everyone; one of that name is replaced. */
export const save = verb('control')
  .input(z.object({ name: viewName, search: z.string().max(2000) }))
  .mutation(async ({ ctx, input }): Promise<{ name: string }> => {
    await ctx.database.verb('select save_view($1, $2, $3)', [
      input.name,
      input.search.replace(/^\?/, ''),
      ctx.caller.actor,
    ])
    return { name: input.name }
  })
