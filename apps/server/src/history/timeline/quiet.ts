import type { Database } from '../../database/database.ts'
import { aliveAt } from '../as-of.ts'
import { past } from '../moment.ts'
import { actsWithin, isActWithoutEvent } from './acts.ts'
import type { LaneCounts } from './counts.ts'

/** Agents about which anything was ever done, found one by one: of each the index is looked at once. */
const acted = `
  acted as (
    (select l.agent_id from agent_audit_log l where ${isActWithoutEvent} and l.agent_id is not null order by l.agent_id limit 1)
    union all
    select (select l.agent_id from agent_audit_log l where ${isActWithoutEvent} and l.agent_id > a.agent_id
      order by l.agent_id limit 1)
    from acted a where a.agent_id is not null)`

const agentsThere = `
  with recursive ${acted}
  select agent_id as "agentId" from (
    select agent_id from ${aliveAt(past('$2'))} l
    union
    select a.agent_id from acted a
    where exists (select from agent_audit_log l where ${isActWithoutEvent} and l.agent_id = a.agent_id and ${actsWithin})) l
  where agent_id is not null and ($3::text[] is null or agent_id = any ($3)) order by 1`

/**
 * Lanes of agents that have no event in a window: their runs lived through it, as one that is paused all night is there
 * all night, or someone did something about them. A run that ended in the window has an event, so those that live at its
 * end are all.
 */
export async function quietLanes(
  database: Database,
  window: { readonly from: string; readonly to: string },
  agents: readonly string[] | null,
  { counted, buckets }: { readonly counted: readonly LaneCounts[]; readonly buckets: number },
): Promise<LaneCounts[]> {
  const none = Array.from({ length: buckets }, () => 0)
  const busy = new Set(counted.map(({ agentId }) => agentId))
  const there = await database.read<{ agentId: string }>(agentsThere, [
    window.from,
    window.to,
    agents,
  ])
  return there
    .filter(({ agentId }) => !busy.has(agentId))
    .map(({ agentId }) => ({ agentId, events: none, stops: none, allEvents: 0, allStops: 0 }))
}
