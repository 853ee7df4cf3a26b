import type { Database } from '../../database/database.ts'
import type { Buckets } from '../buckets.ts'
import { countsOfAgents } from '../counts.ts'

export interface LaneCounts {
  readonly agentId: string
  readonly events: number[]
  readonly stops: number[]
  readonly allEvents: number
  readonly allStops: number
}

/** Events by agent and bucket; the agents with the most stops, then the most events, first. */
export async function laneCounts(
  database: Database,
  window: { readonly from: string; readonly to: string; readonly most: number },
  agents: readonly string[] | null,
): Promise<{ buckets: Buckets; lanes: LaneCounts[] }> {
  const { buckets, counts } = await countsOfAgents(database, window, agents)
  const none = (): number[] => Array.from({ length: buckets.count }, () => 0)
  const lanes = new Map<string, { events: number[]; stops: number[] }>()
  for (const { agentId, bucket, events, stops } of counts) {
    const lane = lanes.get(agentId) ?? { events: none(), stops: none() }
    lanes.set(agentId, lane)
    lane.events[bucket] = (lane.events[bucket] ?? 0) + events
    lane.stops[bucket] = (lane.stops[bucket] ?? 0) + stops
  }
  return {
    buckets,
    lanes: [...lanes]
      .map(([agentId, { events, stops }]) => ({
        agentId,
        events,
        stops,
        allEvents: sum(events),
        allStops: sum(stops),
      }))
      .toSorted((a, b) => b.allStops - a.allStops || b.allEvents - a.allEvents),
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, n) => all + n, 0)
