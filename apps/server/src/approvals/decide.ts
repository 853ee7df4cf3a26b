import type { Approval, ApprovalId } from '@holdpoint/protocol'
import { z } from 'zod'

import { id, reason, verb } from '../trpc/procedure.ts'
import { readApproval } from './queries.ts'

/** Settles a request, once: whoever comes second is told who was first. */
export const decide = verb('decide')
  .input(z.object({ id: id<ApprovalId>(), decision: z.enum(['approved', 'rejected']), reason }))
  .mutation(async ({ ctx, input }): Promise<Approval> => {
    await ctx.database.verb('select decide_approval($1, $2, $3, $4)', [
      input.id,
      ctx.caller.actor,
      input.decision,
      input.reason,
    ])
    return readApproval(ctx.database, input.id)
  })
