import type { Database } from '../../database/database.ts'
import { endOf } from '../buckets.ts'
import { past } from '../moment.ts'
import { type Cells, cellsOf } from './cells.ts'
import type { Window } from './window.ts'

interface Counted {
  readonly events: number
  readonly stops: number
}

interface OfAgent extends Counted {
  /** Null: all together. */
  readonly agentId: string | null
}

export interface WindowCounts extends Counted {
  readonly agents: readonly (Counted & { readonly agentId: string })[]
}

const from = past('$1')
const to = past('$2')
const minute = (parameter: string): string => `to_timestamp(${parameter}::bigint * 60)`

/** To whom an event is counted: its agent, and all together, unless only some agents are asked for. */
const countedTo = (agent: string): string => `cross join lateral (
      select ${agent} where ${agent} is not null and ($3::text[] is null or ${agent} = any ($3))
      union all
      select null where $3::text[] is null) g(agent_id)`

// $1 from, $2 to, $3 agents or null; $4 the first whole minute and $5 the one after the last; $6, $7 and $8 the cells.
// What is counted and what is not yet, in one statement: together they are every event, once.
const counts = `
  with whose as (
    select agent, agent_id from history_agents where $3::text[] is null or agent_id = any ($3)
    union all
    select 0, null where $3::text[] is null
  ), ends as (
    -- Less than a minute at either end, read one by one; where no minute is whole, all there is.
    select * from (values (${from}, least(${to}, ${minute('$4')} - interval '1 microsecond')),
      (greatest(${from}, ${minute('$5')} - interval '1 microsecond'), ${to})) x(after, until)
  ), told as (
    select w.agent_id, c.events, c.stops
    from whose w cross join unnest($6::smallint[], $7::integer[], $8::integer[]) cells(grain, begins, ends)
    cross join lateral (
      select sum(c.events) as events, sum(c.stops) as stops from event_counts c
      where c.grain = cells.grain and c.agent = w.agent and c.minute >= cells.begins and c.minute < cells.ends) c
    union all
    select g.agent_id, 1, 0 from ends x join run_events e on e.at > x.after and e.at <= x.until
      ${countedTo(`(e.state ->> 'agentId')`)}
    union all
    select g.agent_id, 0, 1 from ends x join event_marks m on m.at > x.after and m.at <= x.until and m.stops
      left join history_agents a using (agent) ${countedTo('a.agent_id')}
    union all
    select g.agent_id, (f.at >= ${minute('$4')} and f.at < ${minute('$5')})::integer, f.stops::integer
    from fresh_events(${from}, ${to} + interval '1 microsecond') f ${countedTo('f.agent_id')}
    where f.at > ${from}
  )
  select agent_id as "agentId", coalesce(sum(events), 0)::float8 as events, coalesce(sum(stops), 0)::float8 as stops
  from told group by 1 order by 2 desc, 1`

/** How many events and stops there were, and of each agent; the agents with the most events first. */
export async function windowCounts(database: Database, window: Window): Promise<WindowCounts> {
  const rows = await database.read<OfAgent>(counts, [
    window.from,
    window.to,
    window.agents,
    ...cellParams(window),
  ])
  const agents = rows.flatMap(({ agentId, events, stops }) =>
    agentId === null || events === 0 ? [] : [{ agentId, events, stops }],
  )
  const sum = (part: keyof Counted): number => agents.reduce((all, agent) => all + agent[part], 0)
  if (window.agents !== null) return { events: sum('events'), stops: sum('stops'), agents }
  const all = rows.find(({ agentId }) => agentId === null)
  return { events: all?.events ?? 0, stops: all?.stops ?? 0, agents }
}

function cellParams({ from, to }: Window): readonly unknown[] {
  const cells = cellsOf(endOf(from), Date.parse(to))
  const of = (part: keyof Cells): number[] => cells.map((cell) => cell[part])
  const none = Math.ceil(Date.parse(to) / 60_000) + 1
  return [
    cells[0]?.begins ?? none,
    cells.at(-1)?.ends ?? none,
    of('grain'),
    of('begins'),
    of('ends'),
  ]
}
