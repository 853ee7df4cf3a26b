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

const sides = {
  before: { sign: '<', nearest: 'max', order: 'desc', fresh: `'-infinity', $1::timestamptz` },
  after: { sign: '>', nearest: 'min', order: 'asc', fresh: `$1::timestamptz, 'infinity'` },
} as const
type Side = (typeof sides)[keyof typeof sides]

const ofAll = ({ sign, order }: Side): string => `
  select e.at from run_events e where e.at ${sign} $1::timestamptz order by e.at ${order} limit 1`

const ofRun = ({ sign, nearest }: Side): string => `
  select ${nearest}(e.at) as at from run_events e where e.workflow_id = $2::uuid and e.at ${sign} $1::timestamptz`

/**
 * The minutes in which the agent did anything are counted: of the two nearest the first may have nothing on that side.
 * What is not counted yet is looked through.
 */
const ofAgent = ({ sign, nearest, order, fresh }: Side): string => `
  with busy as (
    select to_timestamp(c.minute * 60::bigint) as begins
    from event_counts c join history_agents a using (agent)
    where a.agent_id = $2 and c.grain = 1
      and c.minute ${sign}= floor(extract(epoch from $1::timestamptz) / 60)::bigint
    order by c.minute ${order} limit 2
  )
  select ${nearest}(n.at) as at from (
    select e.at from busy b cross join lateral (
      select e.at from run_events e
      where e.at >= b.begins and e.at < b.begins + interval '1 minute' and e.at ${sign} $1::timestamptz
        and e.state ->> 'agentId' = $2
      order by e.at ${order} limit 1) e
    union all
    select f.at from fresh_events(${fresh}) f where f.agent_id = $2 and f.at ${sign} $1::timestamptz) n`

/** The instant of the nearest event on one side of `at`; null: there is none. */
export const step = query.input(input).query(async ({ ctx, input }): Promise<Instant | null> => {
  const side = sides[input.direction]
  const [sql, whose] =
    input.runId !== undefined
      ? [ofRun(side), [input.runId]]
      : input.agentId !== undefined
        ? [ofAgent(side), [input.agentId]]
        : [ofAll(side), []]
  const [row] = await ctx.database.read<{ at: string | null }>(
    `select ${wireTime('n.at')} as at from (${sql}) n`,
    [input.at, ...whose],
  )
  return row?.at ?? null
})
