import type { RunId, RunState, StopReason } from '@holdpoint/protocol'

import type { Database } from '../../database/database.ts'
import { aliveAt, lastEventAt } from '../as-of.ts'
import { past, wireTime } from '../moment.ts'

interface LaneRun {
  readonly agentId: string
  readonly id: RunId
  readonly from: string
  readonly to: string | null
  readonly state: RunState
  readonly stopReason: StopReason | null
  readonly goal: string | null
}

export interface LaneRuns {
  readonly agentId: string
  readonly inWindow: number
  readonly runs: readonly LaneRun[]
}

const from = past('$1')
const to = past('$2')

/** What a person is shown; the reading of it is `runState` in the protocol. */
const shown = (state: string): string => `case
  when ${state} ->> 'status' = 'running' and coalesce(${state} -> 'waitingOn', 'null') <> 'null' then 'waiting'
  when ${state} ->> 'status' = 'paused' and ${state} ->> 'stopReason' = 'AWAITING_APPROVAL' then 'needs_approval'
  else ${state} ->> 'status' end`

const calm = `('running', 'waiting', 'queued', 'approved', 'complete')`

/**
 * Runs of some agents that lived in the window, `$4` of each: the troubled ones first, then the longest. Those that
 * ended in it, and those that lived on, are found apart; of the latter it takes their state to know their trouble.
 */
const runs = `
  with lived as (
    select l.workflow_id, l.agent_id, l.began_at, l.ended_at, l.status as shown from run_lives l
    where l.ended_at > ${from} and l.ended_at <= ${to} and l.agent_id = any ($3::text[])
    union all
    select l.workflow_id, l.agent_id, l.began_at, null, ${shown('e.state')}
    from ${aliveAt(to)} l cross join lateral ${lastEventAt('l', to)} e
    where l.agent_id = any ($3::text[])
  ), ranked as (
    select *, row_number() over (partition by agent_id order by shown in ${calm},
        least(ended_at, ${to}) - greatest(began_at, ${from}) desc nulls first, workflow_id) as place,
      count(*) over (partition by agent_id) as all_of_them
    from lived
  )
  select r.agent_id as "agentId", r.workflow_id as id, ${wireTime('r.began_at')} as from, ${wireTime('r.ended_at')} as to,
    r.shown as state, e.state ->> 'stopReason' as "stopReason", e.state ->> 'goal' as goal,
    r.all_of_them::float8 as "inWindow"
  from ranked r cross join lateral ${lastEventAt('r', to)} e
  where r.place <= $4 order by r.agent_id, r.place`

/** By agent; one without a run in the window is not among them. */
export async function laneRuns(
  database: Database,
  window: { readonly from: string; readonly to: string },
  agents: readonly string[],
  most: number,
): Promise<Map<string, LaneRuns>> {
  const rows = await database.read<LaneRun & { inWindow: number }>(runs, [
    window.from,
    window.to,
    agents,
    most,
  ])
  const lanes = new Map<string, { agentId: string; inWindow: number; runs: LaneRun[] }>()
  for (const { inWindow, ...run } of rows) {
    const lane = lanes.get(run.agentId) ?? { agentId: run.agentId, inWindow, runs: [] }
    lane.runs.push(run)
    lanes.set(run.agentId, lane)
  }
  return lanes
}
