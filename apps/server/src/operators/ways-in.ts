import type { IdentityRow, SignInSettings, WaitRow } from '@holdpoint/protocol'
import { z } from 'zod'

import { adminQuery, verb } from '../trpc/procedure.ts'
import { person } from './input.ts'

/** Which ways in there are, whose account at a provider is whose, and who has to wait. */
export const waysIn = adminQuery.query(async ({ ctx }): Promise<SignInSettings> => {
  const { database } = ctx
  const [passwords, identities, waiting] = await Promise.all([
    database.read<{ allowed: boolean; people: number }>(
      `select w.passwords as allowed, (select count(*)::integer from operator_passwords) as people from sign_in_ways w`,
    ),
    database.read<IdentityRow>(
      `select i.operator as name, i.issuer, i.subject, i.bound_at as "boundAt", o.disabled_at is not null as disabled
       from operator_identities i join operators o on o.name = i.operator order by i.operator, i.issuer limit 1000`,
    ),
    database.read<WaitRow>(
      `select split_part(key, ':', 1) as kind, substr(key, strpos(key, ':') + 1) as of, failures, until from sign_in_waits()`,
    ),
  ])
  return {
    ...ctx.waysIn(),
    passwords: passwords[0] ?? { allowed: true, people: 0 },
    identities,
    waiting,
  }
})

/** Whether passwords sign anybody in. Who is signed in stays so. */
export const allowPasswords = verb('administer')
  .input(z.object({ allowed: z.boolean() }))
  .mutation(async ({ ctx, input }) => {
    await ctx.database.verb('select allow_passwords($1, $2)', [input.allowed, ctx.caller.actor])
    return input
  })

/** Parts a person from their account at a provider, and ends the sessions that began there, but the one that asks. */
export const unbindIdentity = verb('administer')
  .input(z.object({ name: person, issuer: z.string().min(1).max(500) }))
  .mutation(async ({ ctx, input }) => {
    await ctx.database.verb('select unbind_identity($1, $2, $3, $4)', [
      input.name,
      input.issuer,
      ctx.caller.actor,
      ctx.caller.session ?? null,
    ])
    return { name: input.name }
  })
