import { z } from 'zod'

import { verb } from '../trpc/procedure.ts'
import { viewName } from './name.ts'

export const remove = verb('control')
  .input(z.object({ name: viewName }))
  .mutation(async ({ ctx, input }): Promise<{ name: string }> => {
    await ctx.database.verb('select remove_view($1, $2)', [input.name, ctx.caller.actor])
    return { name: input.name }
  })
