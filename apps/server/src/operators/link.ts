import { z } from 'zod'

import { hashOf, newSecret } from '../database/secrets.ts'
import { verb } from '../trpc/procedure.ts'
import { person } from './input.ts'

/** How long a link waits to be opened, in hours. */
const hours = 24

/** A link that signs this person in, shown once. */
export const link = verb('administer')
  .input(z.object({ name: person }))
  .mutation(async ({ ctx, input }) => {
    const secret = newSecret()
    await ctx.database.verb('select make_sign_in_link($1, $2, $3, $4)', [
      hashOf(secret),
      input.name,
      hours,
      ctx.caller.actor,
    ])
    return { url: ctx.signInUrl(secret), hours }
  })
