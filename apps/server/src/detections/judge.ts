import type { DetectionId } from '@holdpoint/protocol'
import { z } from 'zod'

import { id, reason, verb } from '../trpc/procedure.ts'

/** Says whether what a rule found was so. Whoever thinks better of it says so again; the log has both. */
export const judge = verb('control')
  .input(z.object({ id: id<DetectionId>(), verdict: z.enum(['right', 'wrong']), reason }))
  .mutation(async ({ ctx, input }): Promise<void> => {
    await ctx.database.verb('select judge_detection($1, $2, $3, $4)', [
      input.id,
      ctx.caller.actor,
      input.verdict === 'right',
      input.reason,
    ])
  })
