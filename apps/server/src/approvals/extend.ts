import type { Approval, ApprovalId } from '@holdpoint/protocol'
import { z } from 'zod'

import { id, reason, verb } from '../trpc/procedure.ts'
import { readApproval, version } from './queries.ts'

/** Gives a request more time, also one that has expired and stays held. */
export const extend = verb('decide')
  .input(
    z.object({
      id: id<ApprovalId>(),
      version,
      until: z.iso.datetime({ offset: true }),
      reason,
    }),
  )
  .mutation(async ({ ctx, input }): Promise<Approval> => {
    await ctx.database.verb('select extend_approval($1, $2, $3, $4, $5)', [
      input.id,
      ctx.caller.actor,
      input.until,
      input.reason,
      input.version,
    ])
    return readApproval(ctx.database, input.id)
  })
