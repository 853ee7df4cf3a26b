import {
  type FleetHistory,
  type FleetSample,
  type HistoryWindow,
  historyWindows,
  type StopReason,
  stopReasons,
} from '@holdpoint/protocol'
import { z } from 'zod'

import { query } from '../trpc/procedure.ts'

const minute = 60_000

/**
 * Points of a chart, in ms: at most 240, and never closer than two samples, which come each 15 s and a little, so
 * that a stretch without any is one in which nobody looked.
 */
const stretches: Record<HistoryWindow, { readonly everyMs: number; readonly points: number }> = {
  '1h': { everyMs: minute / 2, points: 120 },
  '24h': { everyMs: 6 * minute, points: 240 },
  '7d': { everyMs: 42 * minute, points: 240 },
}

/**
 * Of each stretch its last sample, and all that ended in it. A full stretch stands at its end, the newest one at
 * its last sample. $1 ms of a stretch, $2 stretches.
 */
const samples = `
  with stretch as (
    select $1::bigint * interval '1 millisecond' as long,
      date_bin($1::bigint * interval '1 millisecond', clock_timestamp(), 'epoch') as newest
  ), sampled as (
    select date_bin(s.long, f.at, 'epoch') as begins, f.at, f.counts, f.ended
    from stretch s join fleet_samples f on f.at >= s.newest - s.long * ($2::integer - 1)
  ), last as (
    select distinct on (begins) begins, at, counts from sampled order by begins, at desc
  ), over as (
    select begins, sum((ended ->> 'complete')::bigint) as complete, sum((ended ->> 'failed')::bigint) as failed,
      sum((ended ->> 'killed')::bigint) as killed
    from sampled group by begins
  )
  select jsonb_build_object('at', case when l.begins = s.newest then l.at else l.begins + s.long end, 'counts', l.counts,
    'ended', jsonb_build_object('complete', coalesce(o.complete, 0), 'failed', coalesce(o.failed, 0), 'killed', coalesce(o.killed, 0))) as sample
  from last l join over o using (begins) cross join stretch s order by l.begins`

// Each reason by itself, so that the index alone answers: it begins with the reason.
const stops = `
  select r.reason, n.runs::float8 as runs from unnest($2::text[]) r(reason), lateral (
    select count(*) as runs from workflow_checkpoints
    where stop_reason = r.reason and status_since >= clock_timestamp() - $1::bigint * interval '1 millisecond') n
  where n.runs > 0 order by n.runs desc, r.reason`

/** How many runs were in each state, and why runs stopped. */
export const history = query
  .input(z.object({ window: z.enum(historyWindows) }))
  .query(async ({ ctx, input }): Promise<FleetHistory> => {
    const { everyMs, points } = stretches[input.window]
    const [sampled, stopped] = await Promise.all([
      ctx.database.read<{ sample: FleetSample }>(samples, [everyMs, points]),
      ctx.database.read<{ reason: StopReason; runs: number }>(stops, [
        everyMs * points,
        stopReasons,
      ]),
    ])
    return { everyMs, samples: sampled.map(({ sample }) => sample), stopReasons: stopped }
  })
