import type { Density, RunId } from '@holdpoint/protocol'
import { z } from 'zod'

import { agentId, id, query } from '../trpc/procedure.ts'
import { bucketsOf, iso } from './buckets.ts'
import { requireWindow, windowOf } from './moment.ts'

const mostBuckets = 600

const input = z.object({
  ...windowOf,
  buckets: z.number().int().min(2).max(mostBuckets),
  agentId: agentId.optional(),
  runId: id<RunId>().optional(),
})

/** After it the run stood still, and before it it did not, or for another reason. */
export const stops = (
  e: string,
): string => `(${e}.state ->> 'status' in ('paused', 'lost', 'failed', 'killed')
  and not exists (select from run_events p where p.workflow_id = ${e}.workflow_id and p.seq = ${e}.seq - 1
    and p.state ->> 'status' = ${e}.state ->> 'status'))`

const counted = `
  select width_bucket(extract(epoch from e.at) * 1000, $1::numeric, $2::numeric, $3::integer) - 1 as bucket,
    count(*)::float8 as events, (count(*) filter (where ${stops('e')}))::float8 as stops
  from run_events e
  where e.at >= to_timestamp($1::numeric / 1000) and e.at < to_timestamp($2::numeric / 1000)
    and ($4::text is null or e.state ->> 'agentId' = $4) and ($5::uuid is null or e.workflow_id = $5)
  group by 1`

/** How many events there were, bucket by bucket: of the fleet, of an agent, of a run. */
export const density = query.input(input).query(async ({ ctx, input }): Promise<Density> => {
  requireWindow(input)
  const { fromMs, toMs, everyMs, count } = bucketsOf(input.from, input.to, input.buckets)
  const rows = await ctx.database.read<{ bucket: number; events: number; stops: number }>(counted, [
    fromMs,
    toMs,
    count,
    input.agentId ?? null,
    input.runId ?? null,
  ])
  const counts = Array.from({ length: count }, () => 0)
  const stopped = [...counts]
  for (const { bucket, events, stops } of rows) {
    counts[bucket] = events
    stopped[bucket] = stops
  }
  return { from: iso(fromMs), to: iso(toMs), everyMs, counts, stops: stopped }
})
