import type { Database } from '../../database/database.ts'
import { aliveAt } from '../as-of.ts'
import { past } from '../moment.ts'

const from = past('$1')
const to = past('$2')
// A run that ended at the very beginning is not in it, so the whole hours begin after that.
const whole = `date_bin('1 hour', ${from} + interval '1 hour', timestamptz 'epoch')`
const rest = `date_bin('1 hour', ${to}, timestamptz 'epoch')`

const endedOneByOne = (within: string): string => `
    select l.agent_id, count(*) as runs from run_lives l
    where l.agent_id = any ($3::text[]) and ${within} group by 1`

// Those that ended by whole hours, of what is counted and what is not yet; beside the whole hours one by one.
const inWindow = `
  select n.agent_id as "agentId", sum(n.runs)::float8 as runs from (
    select a.agent_id, c.runs from history_agents a join end_counts c using (agent)
    where a.agent_id = any ($3::text[]) and c.hour >= ${whole} and c.hour < ${rest}
    union all
    select f.agent_id, 1 from fresh_events('-infinity', 'infinity') f
    where f.ended_at >= ${whole} and f.ended_at < ${rest} and f.agent_id = any ($3::text[])
    union all ${endedOneByOne(`l.ended_at > ${from} and l.ended_at <= ${to} and l.ended_at < ${whole}`)}
    union all ${endedOneByOne(`l.ended_at > ${from} and l.ended_at >= greatest(${whole}, ${rest}) and l.ended_at <= ${to}`)}
    union all
    select l.agent_id, count(*) from ${aliveAt(to)} l where l.agent_id = any ($3::text[]) group by 1) n
  group by n.agent_id`

/** How many runs of each of some agents lived in a window: all of them, whatever is drawn. */
export async function runCounts(
  database: Database,
  window: { readonly from: string; readonly to: string },
  agents: readonly string[],
): Promise<Map<string, number>> {
  const rows = await database.read<{ agentId: string; runs: number }>(inWindow, [
    window.from,
    window.to,
    agents,
  ])
  return new Map(rows.map(({ agentId, runs }) => [agentId, runs]))
}
