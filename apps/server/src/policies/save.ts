import type { Policy, PolicyId } from '@holdpoint/protocol'
import { z } from 'zod'

import { must } from '../database/must.ts'
import { id, reason, verb } from '../trpc/procedure.ts'
import { policySpec } from './spec.ts'

/** Makes a policy, or the next version of one as it was looked at. It rules from the next call on. */
export const save = verb('administer')
  .input(
    z.object({
      /** With its version; absent: a new one. */
      of: z.object({ id: id<PolicyId>(), version: z.number().int().min(1) }).optional(),
      spec: policySpec,
      reason,
    }),
  )
  .mutation(async ({ ctx, input }): Promise<Policy> => {
    const [row] = await ctx.database.verb<{ policy: Policy }>(
      'select save_policy($1, $2, $3, $4, $5) as policy',
      [
        input.of?.id ?? null,
        ctx.caller.actor,
        JSON.stringify(input.spec),
        input.reason,
        input.of?.version ?? null,
      ],
    )
    return must(row, 'save_policy').policy
  })

/** Takes a policy out of force. Its versions are kept. */
export const retire = verb('administer')
  .input(z.object({ id: id<PolicyId>(), reason }))
  .mutation(async ({ ctx, input }): Promise<Policy> => {
    const [row] = await ctx.database.verb<{ policy: Policy }>(
      'select retire_policy($1, $2, $3) as policy',
      [input.id, ctx.caller.actor, input.reason],
    )
    return must(row, 'retire_policy').policy
  })
