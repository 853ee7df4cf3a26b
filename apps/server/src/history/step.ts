import type { Instant, RunId } from '@holdpoint/protocol'
import { z } from 'zod'

import { agentId, id, query } from '../trpc/procedure.ts'
import { instant, wireTime } from './moment.ts'

const input = z.object({
  at: instant,
  by: z.literal('event').default('event'),
  direction: z.enum(['before', 'after']),
  runId: id<RunId>().optional(),
  agentId: agentId.optional(),
})

/** The instant of the nearest event on one side of `at`; null: there is none. */
export const step = query.input(input).query(async ({ ctx, input }): Promise<Instant | null> => {
  const [sign, nearest] = input.direction === 'before' ? ['<', 'max'] : ['>', 'min']
  const [row] = await ctx.database.read<{ at: string | null }>(
    `select ${wireTime(`${nearest}(e.at)`)} as at from run_events e where e.at ${sign} $1::timestamptz
      and ($2::uuid is null or e.workflow_id = $2) and ($3::text is null or e.state ->> 'agentId' = $3)`,
    [input.at, input.runId ?? null, input.agentId ?? null],
  )
  return row?.at ?? null
})
