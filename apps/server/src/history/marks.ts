import type { EventDetail, EventKind, Run, RunId } from '@holdpoint/protocol'

import type { Database } from '../database/database.ts'
import { stops } from './density.ts'
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
  readonly state: Run
  /** Of the marks of the same agent in the window. */
  readonly allOfThem: number
}

const from = past('$1')
const to = past('$2')

const kinds = `('approval.requested', 'approval.decided', 'action.unknown', 'action.late', 'action.settled', 'limits.raised',
  'hold.opened', 'hold.cleared', 'run.paused', 'run.lost', 'run.failed', 'run.killed')`

/** Marks within `$1` and `$2` of the agents `$3`, or of all where that is null. */
export const marksWithin = `(
  select e.workflow_id, e.seq, e.at, l.agent_id, e.kind, e.actor, ${stops('e')} as stops,
    coalesce(e.seq > l.ended_seq, false) as late
  from run_events e join run_lives l using (workflow_id)
  where e.at > ${from} and e.at <= ${to} and ($3::text[] is null or l.agent_id = any ($3))
    and (e.kind in ${kinds} or e.actor like 'operator:%' or e.seq > l.ended_seq or ${stops('e')}))`

const marked = `
  with ranked as (
    select *, row_number() over (partition by agent_id
        order by (stops or actor like 'operator:%') desc, late desc, at desc, seq) as place,
      count(*) over (partition by agent_id) as all_of_them
    from ${marksWithin} m
  )
  select r.agent_id as "agentId", r.workflow_id as "runId", r.seq::float8 as seq, ${wireTime('r.at')} as at, r.kind, r.actor,
    r.late, e.detail, e.state, r.all_of_them::float8 as "allOfThem"
  from ranked r join run_events e using (workflow_id, seq, at)
  where r.place <= $4 order by r.at, r.workflow_id, r.seq`

/** Events worth a mark, at most `most` of each agent: what stopped runs and what people did before all else. */
export const marksOf = async (
  database: Database,
  window: { readonly from: string; readonly to: string },
  agents: readonly string[],
  most: number,
): Promise<Marked[]> => database.read<Marked>(marked, [window.from, window.to, agents, most])
