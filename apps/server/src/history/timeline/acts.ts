import type { TimelineActs } from '@holdpoint/protocol'

import type { Database } from '../../database/database.ts'
import { past, wireTime } from '../moment.ts'
import { type Acted, actText } from './act-text.ts'

export interface Acts {
  readonly of: (agentId: string | null) => TimelineActs
}

/**
 * Rows of people, tokens and Holdpoint that have no event beside them, so that no mark of a run stands for them. As the
 * index `acts_without_event` has it. All else about a run is one of its events, too.
 */
export const actsWithoutEvent = (from: string, to: string): string => `(
    select * from agent_audit_log l
    where l.actor not like 'agent:%' and (l.workflow_id is null or l.action = 'detection.judge')
      and l.seen_at > ${from} and l.seen_at <= ${to})`

const acts = `
  with ranked as (
    select *, row_number() over (partition by agent_id order by seen_at desc, log_id) as place,
      count(*) over (partition by agent_id) as all_of_them
    from ${actsWithoutEvent(past('$1'), past('$2'))} l
    where l.agent_id is null or l.agent_id = any ($3::text[])
  )
  select r.agent_id as "agentId", r.log_id as id, ${wireTime('r.seen_at')} as at, r.action, r.actor, r.workflow_id as "runId",
    r.target_row_id as target, jsonb_strip_nulls(jsonb_build_object('finding', r.data_after -> 'finding',
      'verdict', r.data_after -> 'verdict', 'name', r.data_after -> 'name', 'version', r.data_after -> 'version',
      'tool', r.data_after -> 'tool', 'why', left(r.data_after ->> 'why', 2000))) as after,
    r.all_of_them::float8 as "allOfThem"
  from ranked r where r.place <= $4 order by r.seen_at, r.log_id`

/** What was done about some agents and about the whole fleet, the newest `most` of each. */
export async function actsOf(
  database: Database,
  window: { readonly from: string; readonly to: string },
  agents: readonly string[],
  most: number,
): Promise<Acts> {
  const rows = await database.read<Acted>(acts, [window.from, window.to, agents, most])
  const byAgent = Map.groupBy(rows, ({ agentId }) => agentId)
  return {
    of: (agentId) => {
      const own = byAgent.get(agentId) ?? []
      return {
        acts: own.map((act) => ({
          id: act.id,
          at: act.at,
          action: act.action,
          actor: act.actor,
          runId: act.runId,
          text: actText(act),
        })),
        moreActs: (own[0]?.allOfThem ?? 0) - own.length,
      }
    },
  }
}
