import type { Database } from '../../database/database.ts'
import { aliveAt } from '../as-of.ts'
import { past } from '../moment.ts'
import type { LaneCounts } from './counts.ts'

const agentsAlive = `
  select distinct l.agent_id as "agentId" from ${aliveAt(past('$1'))} l
  where l.agent_id is not null and ($2::text[] is null or l.agent_id = any ($2)) order by 1`

/**
 * Lanes of agents whose runs lived through a window without an event in it: one that is paused all night is there all
 * night. A run that ended in the window has an event, so those that live at its end are all.
 */
export async function quietLanes(
  database: Database,
  to: string,
  agents: readonly string[] | null,
  { counted, buckets }: { readonly counted: readonly LaneCounts[]; readonly buckets: number },
): Promise<LaneCounts[]> {
  const none = Array.from({ length: buckets }, () => 0)
  const busy = new Set(counted.map(({ agentId }) => agentId))
  const alive = await database.read<{ agentId: string }>(agentsAlive, [to, agents])
  return alive
    .filter(({ agentId }) => !busy.has(agentId))
    .map(({ agentId }) => ({ agentId, events: none, stops: none, allEvents: 0, allStops: 0 }))
}
