import type { Run, RunId } from '@holdpoint/protocol'
import { z } from 'zod'

import { must } from '../database/must.ts'
import { id, reason, verb } from '../trpc/procedure.ts'

/** As the columns hold them: numeric (14, 6) and integer. */
const mostUsd = 99_999_999
const mostSteps = 2_147_483_647

/** Null takes a limit away; what is not named stays as it is. */
const limits = z
  .strictObject({
    tokens: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).nullable().optional(),
    costUsd: z.number().min(0).max(mostUsd).nullable().optional(),
    steps: z.number().int().min(0).max(mostSteps).nullable().optional(),
    deadline: z.iso.datetime({ offset: true }).nullable().optional(),
  })
  .refine((given) => Object.values(given).some((limit) => limit !== undefined), 'no limit is named')

/** Gives a run more to go on with; one that was held for its budget goes on when nothing is used up any more. */
export const raiseLimits = verb('control')
  .input(z.object({ id: id<RunId>(), limits, reason }))
  .mutation(async ({ ctx, input }): Promise<Run> => {
    const [row] = await ctx.database.verb<{ run: Run }>(
      'select raise_limits($1, $2, $3, $4) as run',
      [input.id, ctx.caller.actor, JSON.stringify(input.limits), input.reason],
    )
    return must(row, 'raise_limits').run
  })
