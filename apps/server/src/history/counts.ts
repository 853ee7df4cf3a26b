import type { RunId } from '@holdpoint/protocol'

import type { Database } from '../database/database.ts'
import { type Buckets, bucketsOf, grainOf, iso, minuteMs } from './buckets.ts'

/** Whose events: all together, those of one agent, those of one run. */
export type Whose =
  | { readonly of: 'all' }
  | { readonly of: 'agent'; readonly agentId: string }
  | { readonly of: 'run'; readonly runId: RunId }

export interface Count {
  readonly bucket: number
  readonly events: number
  readonly stops: number
}

export interface AgentCount extends Count {
  readonly agentId: string
}

/** Events that one answer may read one by one. Where there are more, no bucket is shorter than a minute. */
const mostRead = { all: 1_000_000, agent: 60_000 } as const

const instantOf = (ms: string): string => `to_timestamp(${ms}::numeric / 1000)`

// $1 and $2 the window in ms, $3 the length of a bucket in ms, $4 the grain in minutes. Of what is counted and what is
// not yet, in one statement: together they are every event, once.
const window = `c.grain = $4 and c.minute >= $1::bigint / ${minuteMs} and c.minute < $2::bigint / ${minuteMs}`
const fresh = `fresh_events(${instantOf('$1')}, ${instantOf('$2')}) f`
const bucketOfMinute = `(c.minute::bigint * ${minuteMs} - $1::bigint) / $3::bigint`
const bucketOf = (at: string): string =>
  `(floor(extract(epoch from ${at}) * 1000)::bigint - $1::bigint) / $3::bigint`

const ofAll = `
  select bucket::integer, sum(events)::float8 as events, sum(stops)::float8 as stops from (
    select ${bucketOfMinute} as bucket, c.events, c.stops from event_counts c where c.agent = 0 and ${window}
    union all
    select ${bucketOf('f.at')}, 1, f.stops::integer from ${fresh}) n
  group by bucket`

const ofAgents = `
  select agent_id as "agentId", bucket::integer, sum(events)::float8 as events, sum(stops)::float8 as stops from (
    select a.agent_id, ${bucketOfMinute} as bucket, c.events, c.stops
    from history_agents a cross join lateral (select * from event_counts c where c.agent = a.agent and ${window}) c
    where $5::text[] is null or a.agent_id = any ($5)
    union all
    select f.agent_id, ${bucketOf('f.at')}, 1, f.stops::integer from ${fresh}
    where f.agent_id is not null and ($5::text[] is null or f.agent_id = any ($5))) n
  group by agent_id, bucket`

// One by one: the times lie in an index of their own; which events were stops is known by their marks.
const times = `e.at >= ${instantOf('$1')} and e.at < ${instantOf('$2')}`
const readBin = `date_bin($3::bigint * interval '1 millisecond', e.at, ${instantOf('$1')})`
const binToBucket = (bin: string): string =>
  `((extract(epoch from ${bin}) * 1000)::bigint - $1::bigint) / $3::bigint`

const stopsRead = (mark: string, not: string): string => `
    select ${bucketOf('m.at')} as bucket, 0 as events, count(*) as stops from event_marks m
    where m.stops and m.at >= ${instantOf('$1')} and m.at < ${instantOf('$2')} and ${mark} group by 1
    union all
    select ${bucketOf('f.at')}, 0, count(*) from ${fresh} where f.stops and ${not} group by 1`

const readOf = (event: string, mark: string, not: string): string => `
  select bucket::integer, sum(events)::float8 as events, sum(stops)::float8 as stops from (
    select ${binToBucket('bin')} as bucket, n as events, 0 as stops from (
      select ${readBin} as bin, count(*) as n from run_events e where ${times} and ${event} group by 1) r
    union all ${stopsRead(mark, not)}) n
  group by bucket`

const agentOf = `(select a.agent from history_agents a where a.agent_id = $4)`
const readAll = readOf('true', 'true', 'true')
const readAgent = readOf(`e.state ->> 'agentId' = $4`, `m.agent = ${agentOf}`, 'f.agent_id = $4')
const readRun = readOf(
  'e.workflow_id = $4::uuid',
  'm.workflow_id = $4::uuid',
  'f.workflow_id = $4::uuid',
)

const readAgents = `
  select e.state ->> 'agentId' as "agentId", ${bucketOf('e.at')}::integer as bucket, count(*)::float8 as events, 0 as stops
  from run_events e where ${times} and ($4::text[] is null or e.state ->> 'agentId' = any ($4)) group by 1, 2
  union all
  select a.agent_id, ${bucketOf('m.at')}::integer, 0, count(*)::float8
  from event_marks m join history_agents a using (agent)
  where m.stops and m.at >= ${instantOf('$1')} and m.at < ${instantOf('$2')}
    and ($4::text[] is null or a.agent_id = any ($4)) group by 1, 2
  union all
  select f.agent_id, ${bucketOf('f.at')}::integer, 0, count(*)::float8 from ${fresh}
  where f.stops and ($4::text[] is null or f.agent_id = any ($4)) group by 1, 2`

const windowParams = ({ fromMs, toMs, everyMs }: Buckets): number[] => [fromMs, toMs, everyMs]

/** The buckets of a window, as short as can be read, and what is in them. */
export async function countsOf(
  database: Database,
  { from, to, most }: { readonly from: string; readonly to: string; readonly most: number },
  whose: Whose,
): Promise<{ buckets: Buckets; counts: Count[] }> {
  const fine = bucketsOf(from, to, most)
  const read = async (sql: string, buckets: Buckets, ...more: unknown[]) => ({
    buckets,
    counts: await database.read<Count>(sql, [...windowParams(buckets), ...more]),
  })
  if (whose.of === 'run') return read(readRun, fine, whose.runId)
  const names = whose.of === 'agent' ? [whose.agentId] : null
  if (await canRead(database, fine, names)) {
    return whose.of === 'agent' ? read(readAgent, fine, whose.agentId) : read(readAll, fine)
  }
  const coarse = bucketsOf(from, to, most, minuteMs)
  const grain = grainOf(coarse)
  return whose.of === 'agent' ? read(ofAgents, coarse, grain, names) : read(ofAll, coarse, grain)
}

/** The same for each agent, or each of some. */
export async function countsOfAgents(
  database: Database,
  { from, to, most }: { readonly from: string; readonly to: string; readonly most: number },
  agents: readonly string[] | null,
): Promise<{ buckets: Buckets; counts: AgentCount[] }> {
  const fine = bucketsOf(from, to, most)
  const readable = await canRead(database, fine, agents ?? 'each')
  const buckets = readable ? fine : bucketsOf(from, to, most, minuteMs)
  const counts = await (readable
    ? database.read<AgentCount>(readAgents, [...windowParams(buckets), agents])
    : database.read<AgentCount>(ofAgents, [...windowParams(buckets), grainOf(buckets), agents]))
  return { buckets, counts }
}

/** Are buckets shorter than a minute wanted, and the events in them few enough to be read one by one? */
async function canRead(
  database: Database,
  buckets: Buckets,
  names: readonly string[] | 'each' | null,
): Promise<boolean> {
  if (buckets.everyMs >= minuteMs) return false
  const minutes = bucketsOf(iso(buckets.fromMs), iso(buckets.toMs), 1, minuteMs)
  const [row] = await database.read<Count>(ofAll, [...windowParams(minutes), grainOf(minutes)])
  return (row?.events ?? 0) <= (names === null ? mostRead.all : mostRead.agent)
}
