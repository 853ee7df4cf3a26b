import { scopes, type TokenRow, tokenName } from '@holdpoint/protocol'
import { z } from 'zod'

import { hashOf, newSecret } from '../database/secrets.ts'
import { adminQuery, verb } from '../trpc/procedure.ts'
import { agents } from './input.ts'

const name = z
  .string()
  .regex(tokenName, 'a name is 1 to 60 of a-z 0-9 . _ - and begins with a letter or digit')

/** All tokens that were ever made: those that still work first. */
export const listTokens = adminQuery.query(async ({ ctx }): Promise<TokenRow[]> =>
  ctx.database.read<TokenRow>(
    `select name, scopes, agents, made_by as "madeBy", made_at as "madeAt", expires_at as "expiresAt",
         last_used_at as "lastUsedAt", revoked_at as "revokedAt", revoked_by as "revokedBy",
         revoked_at is null and coalesce(expires_at > clock_timestamp(), true) as works
       from api_tokens order by works desc, made_at desc limit 500`,
  ),
)

/** Makes a token, which is shown this once: only its hash is kept. */
export const makeToken = verb('administer')
  .input(
    z.object({
      name,
      scopes: z.array(z.enum(scopes)).min(1),
      agents: agents.default(null),
      days: z.number().int().min(1).max(3650).nullable(),
    }),
  )
  .mutation(async ({ ctx, input }) => {
    const secret = newSecret()
    await ctx.database.verb(
      `select make_token($1, $2, $3, $4, clock_timestamp() + $5::integer * interval '1 day', $6)`,
      [input.name, hashOf(secret), input.scopes, input.agents, input.days, ctx.caller.actor],
    )
    return { name: input.name, token: secret }
  })

export const revokeToken = verb('administer')
  .input(z.object({ name }))
  .mutation(async ({ ctx, input }) => {
    await ctx.database.verb('select revoke_token($1, $2)', [input.name, ctx.caller.actor])
    return { name: input.name }
  })
