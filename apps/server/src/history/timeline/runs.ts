import type { FinalStatus, RunId, RunState, StopReason } from '@holdpoint/protocol'

import type { Database } from '../../database/database.ts'
import { aliveAt, lastEventAt } from '../as-of.ts'
import { past, wireTime } from '../moment.ts'
import { runCounts } from './run-counts.ts'

/** Where more runs lived in a window, the first of a rank cannot be found by looking at each. */
const mostRanked = 10_000
/** Of an agent, those that lived on at the window's end; the first that began are the longest. */
const mostLivingOn = 500

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

const livedOn = `
    select l.workflow_id, l.agent_id, l.began_at, null::timestamptz as ended_at, ${shown('e.state')} as shown
    from (
      select *, row_number() over (partition by agent_id order by began_at, workflow_id) as nth from ${aliveAt(to)} l
      where l.agent_id = any ($3::text[])) l
    cross join lateral ${lastEventAt('l', to)} e
    where l.nth <= ${mostLivingOn}`

const endedEach = `
    select l.workflow_id, l.agent_id, l.began_at, l.ended_at, l.status as shown from run_lives l
    where l.ended_at > ${from} and l.ended_at <= ${to} and l.agent_id = any ($3::text[])`

const lastOf = (status: FinalStatus): string => `
      (select * from run_lives r
        where r.agent_id = a.agent_id and r.status = '${status}' and r.ended_at > c.begins and r.ended_at <= c.ends
        order by r.ended_at desc limit 1)`

// Of each stretch of each lane the last run that failed, else that was killed, else that was complete: three looks into
// an index, however many ended there. As many stretches as a lane has runs to draw.
const endedInStretches = `
    select l.workflow_id, l.agent_id, l.began_at, l.ended_at, l.status as shown
    from unnest($3::text[]) a(agent_id)
    cross join lateral (
      select ${from} + (${to} - ${from}) / $4::integer * n as begins,
        case when n + 1 = $4::integer then ${to} else ${from} + (${to} - ${from}) / $4::integer * (n + 1) end as ends
      from generate_series(0, $4::integer - 1) n) c
    cross join lateral (${(['failed', 'killed', 'complete'] as const).map(lastOf).join(' union all ')} limit 1) l`

/**
 * Runs of some agents that lived in the window, at most `$4` of each: the troubled ones first, then the longest. Those
 * that ended in it, and those that lived on, are found apart; of the latter it takes their state to know their trouble.
 */
const runsAmong = (ended: string): string => `
  with lived as (${ended} union all ${livedOn}), ranked as (
    select *, row_number() over (partition by agent_id order by shown in ${calm},
        least(ended_at, ${to}) - greatest(began_at, ${from}) desc nulls first, workflow_id) as place
    from lived
  )
  select r.agent_id as "agentId", r.workflow_id as id, ${wireTime('r.began_at')} as from, ${wireTime('r.ended_at')} as to,
    r.shown as state, e.state ->> 'stopReason' as "stopReason", e.state ->> 'goal' as goal
  from ranked r cross join lateral ${lastEventAt('r', to)} e
  where r.place <= $4 order by r.agent_id, r.place`

const runs = { all: runsAmong(endedEach), some: runsAmong(endedInStretches) }

/** By agent; one without a run in the window is not among them. */
export async function laneRuns(
  database: Database,
  window: { readonly from: string; readonly to: string },
  agents: readonly string[],
  most: number,
): Promise<Map<string, LaneRuns>> {
  const counts = await runCounts(database, window, agents)
  const all = [...counts.values()].reduce((sum, n) => sum + n, 0)
  const rows = await database.read<LaneRun>(all <= mostRanked ? runs.all : runs.some, [
    window.from,
    window.to,
    agents,
    most,
  ])
  const byAgent = Map.groupBy(rows, ({ agentId }) => agentId)
  return new Map(
    [...counts].map(([agentId, inWindow]) => [
      agentId,
      { agentId, inWindow, runs: byAgent.get(agentId) ?? [] },
    ]),
  )
}
