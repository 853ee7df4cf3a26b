import {
  mostMarksCounted,
  type EventDetail,
  type EventKind,
  type Run,
  type RunId,
} from '@holdpoint/protocol'

import type { Database } from '../database/database.ts'
import { past, wireTime } from './moment.ts'

/** An event that a mark stands for. */
export interface Marked {
  readonly agentId: string
  readonly runId: RunId
  readonly seq: number
  readonly at: string
  readonly kind: EventKind
  readonly actor: string
  /** The run had ended before. */
  readonly late: boolean
  readonly detail: EventDetail | null
  readonly state: Pick<Run, 'stopReason' | 'stopDetail'>
  /** How many marks of the same agent are in the window; counted up to `mostMarksCounted`. */
  readonly allOfThem: number
}

const from = past('$1')
const to = past('$2')

/** As the indexes `marks_grave` and `marks_calm` have it: what says that something went wrong, or that someone acted. */
const isGrave = `(m.stops or m.kind not in ('run.paused', 'hold.cleared', 'approval.requested'))`

/** In the order in which marks are kept where there is no room for all, each with an index that has it by lane and time. */
const classes = [
  { which: isGrave, late: true },
  { which: isGrave, late: false },
  { which: `not ${isGrave}`, late: true },
  { which: `not ${isGrave}`, late: false },
]

/**
 * A lane's part is named by a range of the index and taken in its order: with equalities the planner may take the index by
 * time, and reads the marks of all others for a lane that has none.
 */
const ofLane = (what: string, rest: string): string =>
  classes
    .map(
      ({ which, late }) => `
    (select ${what} from event_marks m where ${which}
      and (m.agent, m.late, m.at) > (l.agent, ${late}, ${from}) and (m.agent, m.late, m.at) <= (l.agent, ${late}, ${to})
      ${rest})`,
    )
    .join(' union all ')

/**
 * Marks within `$1` and `$2` of the agents `$3`, at most `$4` of each: what is kept of those that are counted, and those
 * that are not yet. So many are read as are shown, and counting them ends, too.
 */
const marked = `
  with lanes as (
    select n.agent_id, a.agent from unnest($3::text[]) n(agent_id) left join history_agents a using (agent_id)
  ), fresh as materialized (
    select f.agent_id, f.workflow_id, f.seq, f.at, f.kind, f.stops, f.late
    from fresh_events(${from}, ${to} + interval '1 microsecond') f
    where f.marked and f.at > ${from} and f.agent_id = any ($3)
  ), counted as materialized (
    select l.agent_id, k.n + (select count(*) from fresh f where f.agent_id = l.agent_id) as n
    from lanes l cross join lateral (
      select count(*) as n from (${ofLane('1', '')} limit ${mostMarksCounted}) m) k
  ), ranked as (
    select m.*, row_number() over (partition by m.agent_id order by ${isGrave} desc, m.late desc, m.at desc, m.seq) as place
    from (
      select l.agent_id, k.* from lanes l cross join lateral (
        ${ofLane('m.workflow_id, m.seq, m.at, m.kind, m.stops, m.late', 'order by m.agent desc, m.late desc, m.at desc limit $4')} limit $4) k
      union all
      select * from fresh) m
  )
  select r.agent_id as "agentId", r.workflow_id as "runId", r.seq::float8 as seq, ${wireTime('r.at')} as at, r.kind, e.actor,
    r.late, e.detail, jsonb_build_object('stopReason', e.state -> 'stopReason', 'stopDetail', e.state -> 'stopDetail') as state,
    least(c.n, ${mostMarksCounted})::float8 as "allOfThem"
  from ranked r join counted c using (agent_id) join run_events e using (workflow_id, seq, at)
  where r.place <= $4 order by r.at, r.workflow_id, r.seq`

/** Events worth a mark, at most `most` of each agent: what stopped runs and what people did before all else. */
export const marksOf = async (
  database: Database,
  window: { readonly from: string; readonly to: string },
  agents: readonly string[],
  most: number,
): Promise<Marked[]> => database.read<Marked>(marked, [window.from, window.to, agents, most])
