import type { EventDetail, EventKind, Run, RunId } from '@holdpoint/protocol'

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
  /** Of the marks of the same agent in the window. */
  readonly allOfThem: number
}

const from = past('$1')
const to = past('$2')

/**
 * Marks within `$1` and `$2` of the agents `$3`, or of all where that is null: what is kept of those that are counted,
 * and those that are not yet.
 */
const marksWithin = `(
  select m.workflow_id, m.seq, m.at, a.agent_id, m.kind, m.stops, m.late
  from event_marks m left join history_agents a using (agent)
  where m.at > ${from} and m.at <= ${to}
    and ($3::text[] is null or m.agent = any (array(select n.agent from history_agents n where n.agent_id = any ($3))))
  union all
  select f.workflow_id, f.seq, f.at, f.agent_id, f.kind, f.stops, f.late
  from fresh_events(${from}, ${to} + interval '1 microsecond') f
  where f.marked and f.at > ${from} and ($3::text[] is null or f.agent_id = any ($3)))`

const marked = `
  with ranked as (
    select *, row_number() over (partition by agent_id
        order by (stops or kind not in ('run.paused', 'hold.cleared', 'approval.requested')) desc, late desc, at desc, seq) as place,
      count(*) over (partition by agent_id) as all_of_them
    from ${marksWithin} m
  )
  select r.agent_id as "agentId", r.workflow_id as "runId", r.seq::float8 as seq, ${wireTime('r.at')} as at, r.kind, e.actor,
    r.late, e.detail, jsonb_build_object('stopReason', e.state -> 'stopReason', 'stopDetail', e.state -> 'stopDetail') as state,
    r.all_of_them::float8 as "allOfThem"
  from ranked r join run_events e using (workflow_id, seq, at)
  where r.place <= $4 order by r.at, r.workflow_id, r.seq`

/** Events worth a mark, at most `most` of each agent: what stopped runs and what people did before all else. */
export const marksOf = async (
  database: Database,
  window: { readonly from: string; readonly to: string },
  agents: readonly string[],
  most: number,
): Promise<Marked[]> => database.read<Marked>(marked, [window.from, window.to, agents, most])
