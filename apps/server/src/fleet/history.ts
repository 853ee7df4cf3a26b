import {
  type FleetHistory,
  type FleetSample,
  type HistoryWindow,
  historyWindows,
  type Instant,
  type StoppedFor,
  stopParts,
  type StopReason,
} from '@holdpoint/protocol'
import { z } from 'zod'

import { must } from '../database/must.ts'
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
    select s.begins, s.begins + $1::bigint * interval '1 millisecond' as ends
    from (select date_bin($1::bigint * interval '1 millisecond', now(), 'epoch') as begins) newest,
      generate_series(newest.begins - ($2::integer - 1) * ($1::bigint * interval '1 millisecond'), newest.begins,
        $1::bigint * interval '1 millisecond') s(begins)
  )
  select jsonb_build_object('at', case when s.ends > now() then l.at else s.ends end, 'counts', l.counts,
    'ended', jsonb_build_object('complete', o.complete, 'failed', o.failed, 'killed', o.killed)) as sample
  from stretch s
  cross join lateral (
    select f.at, f.counts from fleet_samples f where f.at >= s.begins and f.at < s.ends order by f.at desc limit 1) l
  cross join lateral (
    select coalesce(sum((f.ended ->> 'complete')::bigint), 0) as complete,
      coalesce(sum((f.ended ->> 'failed')::bigint), 0) as failed, coalesce(sum((f.ended ->> 'killed')::bigint), 0) as killed
    from fleet_samples f where f.at >= s.begins and f.at < s.ends) o
  order by s.begins`

// By when they happened, from the marks of what is counted and what is not yet, so that a run counts for each time that
// it stopped, whatever became of it since. now() is one instant for it; clock_timestamp() would be asked again for each row.
// $1 ms of the window, $2 parts of it.
const since = `(now() - $1::bigint * interval '1 millisecond')`
const partOf = (at: string): string =>
  `least($2::integer - 1, floor(extract(epoch from ${at} - ${since}) * 1000 * $2::integer / $1::bigint)::integer)`
const stops = `
  select to_json(now()) #>> '{}' as at, coalesce(jsonb_agg(r order by r.stops desc, r.reason), '[]') as reasons from (
    select reason, sum(n)::float8 as stops, jsonb_object_agg(part, n) as over from (
      select reason, part, sum(n) as n from (
        select m.reason, ${partOf('m.at')} as part, count(*) as n from event_marks m
        where m.stops and m.at >= ${since} group by 1, 2
        union all
        select f.reason, ${partOf('f.at')}, 1 from fresh_events(${since}, 'infinity') f where f.stops) told
      where reason is not null group by 1, 2) parts
    group by reason) r`

interface Stops {
  readonly at: Instant
  readonly reasons: readonly Stop[]
}

interface Stop {
  readonly reason: StopReason
  readonly stops: number
  readonly over: Readonly<Record<string, number>>
}

const inParts = ({ reason, stops: all, over }: Stop): StoppedFor => ({
  reason,
  stops: all,
  over: Array.from({ length: stopParts }, (_, part) => over[part] ?? 0),
})

/** How many runs were in each state, and why runs stopped. */
export const history = query
  .input(z.object({ window: z.enum(historyWindows) }))
  .query(async ({ ctx, input }): Promise<FleetHistory> => {
    const { everyMs, points } = stretches[input.window]
    const [sampled, [stopped]] = await Promise.all([
      ctx.database.read<{ sample: FleetSample }>(samples, [everyMs, points]),
      ctx.database.read<Stops>(stops, [everyMs * points, stopParts]),
    ])
    const { at, reasons } = must(stopped, 'why runs stopped')
    return {
      at,
      everyMs,
      samples: sampled.map(({ sample }) => sample),
      stopReasons: reasons.map(inParts),
    }
  })
