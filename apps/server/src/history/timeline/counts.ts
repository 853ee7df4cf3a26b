import type { Database } from '../../database/database.ts'
import type { Buckets } from '../buckets.ts'
import { stops } from '../density.ts'

export interface LaneCounts {
  readonly agentId: string
  readonly events: number[]
  readonly stops: number[]
  readonly allEvents: number
  readonly allStops: number
}

const counted = `
  select e.state ->> 'agentId' as "agentId",
    width_bucket(extract(epoch from e.at) * 1000, $1::numeric, $2::numeric, $3::integer) - 1 as bucket,
    count(*)::float8 as events, (count(*) filter (where ${stops('e')}))::float8 as stops
  from run_events e
  where e.at >= to_timestamp($1::numeric / 1000) and e.at < to_timestamp($2::numeric / 1000)
    and ($4::text[] is null or e.state ->> 'agentId' = any ($4))
  group by 1, 2`

/** Events by agent and bucket; the agents with the most stops, then the most events, first. */
export async function laneCounts(
  database: Database,
  { fromMs, toMs, count }: Buckets,
  agents: readonly string[] | null,
): Promise<LaneCounts[]> {
  const rows = await database.read<{
    agentId: string
    bucket: number
    events: number
    stops: number
  }>(counted, [fromMs, toMs, count, agents])
  const lanes = new Map<
    string,
    { events: number[]; stops: number[]; allEvents: number; allStops: number }
  >()
  for (const row of rows) {
    const lane = lanes.get(row.agentId) ?? {
      events: Array.from({ length: count }, () => 0),
      stops: Array.from({ length: count }, () => 0),
      allEvents: 0,
      allStops: 0,
    }
    lanes.set(row.agentId, lane)
    lane.events[row.bucket] = row.events
    lane.stops[row.bucket] = row.stops
    lane.allEvents += row.events
    lane.allStops += row.stops
  }
  return [...lanes]
    .map(([agentId, lane]) => ({ agentId, ...lane }))
    .toSorted((a, b) => b.allStops - a.allStops || b.allEvents - a.allEvents)
}
