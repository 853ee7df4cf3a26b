import type { ActionId, Run } from '@holdpoint/protocol'
import { z } from 'zod'

import { must } from '../database/must.ts'
import { id, requiredReason, verb } from '../trpc/procedure.ts'

/** A person says whether an action landed, where nobody knew. Answers with its run as it stands afterwards. */
export const settleAction = verb('control')
  .input(
    z.object({
      actionId: id<ActionId>(),
      landed: z.boolean(),
      reason: requiredReason,
      /** What the other side answered, for an agent that goes on with it; only where it landed. */
      response: z.json().optional(),
    }),
  )
  .mutation(async ({ ctx, input }): Promise<Run> => {
    const response = input.response === undefined ? null : JSON.stringify(input.response)
    const [row] = await ctx.database.verb<{ run: Run }>(
      'select settle_action($1, $2, $3, $4, $5) as run',
      [input.actionId, ctx.caller.actor, input.landed, input.reason, response],
    )
    return must(row, 'settle_action').run
  })
