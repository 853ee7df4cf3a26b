import type { Approval, ApprovalId } from '@holdpoint/protocol'
import { z } from 'zod'

import { id, reason, verb } from '../trpc/procedure.ts'
import { readApproval, version } from './queries.ts'

/** Someone who may answer, as audit rows name them. */
const person = z
  .string()
  .trim()
  .regex(/^\S+:\S/, 'name a person, as in operator:ana')
  .max(200)

/** The caller hands their part in a request to one other person. */
export const delegate = verb('decide')
  .input(z.object({ id: id<ApprovalId>(), version, to: person, reason }))
  .mutation(async ({ ctx, input }): Promise<Approval> => {
    await ctx.database.verb('select delegate_approval($1, $2, $3, $4, $5)', [
      input.id,
      ctx.caller.actor,
      input.to,
      input.reason,
      input.version,
    ])
    return readApproval(ctx.database, input.id)
  })

/** Others are asked as well: those who are named, or those of the policy's next step. It never approves. */
export const escalate = verb('decide')
  .input(
    z.object({
      id: id<ApprovalId>(),
      version,
      to: z.array(person).min(1).max(20).optional(),
      reason,
    }),
  )
  .mutation(async ({ ctx, input }): Promise<Approval> => {
    await ctx.database.verb('select escalate_approval($1, $2, $3, $4, $5)', [
      input.id,
      ctx.caller.actor,
      input.to ?? null,
      input.reason,
      input.version,
    ])
    return readApproval(ctx.database, input.id)
  })
