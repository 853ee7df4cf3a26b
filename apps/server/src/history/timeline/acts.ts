import { mostMarksCounted, type TimelineActs } from '@holdpoint/protocol'

import type { Database } from '../../database/database.ts'
import { past, wireTime } from '../moment.ts'
import { type Acted, actText } from './act-text.ts'

export interface Acts {
  readonly of: (agentId: string | null) => TimelineActs
}

/**
 * Rows of people, tokens and Holdpoint that have no event beside them, so that no mark of a run stands for them. As the
 * index `acts_by_lane` has it. All else about a run is one of its events, too.
 */
export const isActWithoutEvent = `l.actor not like 'agent:%' and (l.workflow_id is null or l.action = 'detection.judge')`

export const actsWithin = `l.seen_at > ${past('$1')} and l.seen_at <= ${past('$2')}`

/**
 * About nobody alone, and about each agent: by ranges of the index and in its order, since by time the planner would read
 * those of all others for one that has none.
 */
const lanes = [
  { of: '(select null::text as agent_id) n', within: `l.agent_id is null and ${actsWithin}` },
  {
    of: 'unnest($3::text[]) n(agent_id)',
    within: `(l.agent_id, l.seen_at) > (n.agent_id, ${past('$1')}) and (l.agent_id, l.seen_at) <= (n.agent_id, ${past('$2')})`,
  },
]

const newestOf = ({ of, within }: (typeof lanes)[number]): string => `
    select l.*, c.all_of_them from ${of}
    cross join lateral (
      select count(*) as all_of_them from (
        select from agent_audit_log l where ${isActWithoutEvent} and ${within} limit ${mostMarksCounted}) l) c
    cross join lateral (
      select * from agent_audit_log l where ${isActWithoutEvent} and ${within}
      order by l.agent_id desc, l.seen_at desc limit $4) l`

const acts = `
  select r.agent_id as "agentId", r.log_id as id, ${wireTime('r.seen_at')} as at, r.action, r.actor, r.workflow_id as "runId",
    r.target_row_id as target, jsonb_strip_nulls(jsonb_build_object('finding', r.data_after -> 'finding',
      'verdict', r.data_after -> 'verdict', 'name', r.data_after -> 'name', 'version', r.data_after -> 'version',
      'tool', r.data_after -> 'tool', 'why', left(r.data_after ->> 'why', 2000))) as after,
    r.all_of_them::float8 as "allOfThem"
  from (${lanes.map(newestOf).join(' union all ')}) r order by r.seen_at, r.log_id`

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
