import type { Density, RunId } from '@holdpoint/protocol'
import { z } from 'zod'

import { agentId, id, query } from '../trpc/procedure.ts'
import { iso } from './buckets.ts'
import { countsOf, type Whose } from './counts.ts'
import { requireWindow, windowOf } from './moment.ts'

const mostBuckets = 600

const input = z.object({
  ...windowOf,
  buckets: z.number().int().min(2).max(mostBuckets),
  agentId: agentId.optional(),
  runId: id<RunId>().optional(),
})

/** How many events there were, bucket by bucket: of the fleet, of an agent, of a run. */
export const density = query.input(input).query(async ({ ctx, input }): Promise<Density> => {
  requireWindow(input)
  const window = { from: input.from, to: input.to, most: input.buckets }
  const { buckets, counts } = await countsOf(ctx.database, window, whoseOf(input))
  const inOrder = (part: 'events' | 'stops'): number[] => {
    const numbers = Array.from({ length: buckets.count }, () => 0)
    for (const count of counts) numbers[count.bucket] = count[part]
    return numbers
  }
  return {
    from: iso(buckets.fromMs),
    to: iso(buckets.toMs),
    everyMs: buckets.everyMs,
    counts: inOrder('events'),
    stops: inOrder('stops'),
  }
})

function whoseOf({ runId, agentId }: z.output<typeof input>): Whose {
  if (runId !== undefined) return { of: 'run', runId }
  return agentId === undefined ? { of: 'all' } : { of: 'agent', agentId }
}
