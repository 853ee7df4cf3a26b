import type { Read } from './list-part.ts'

/**
 * The agents that are meant: each name, and for one that ends in `*` all that begin so. One look into the index
 * for each agent that there is, however many runs it has (PostgreSQL wiki, "Loose indexscan").
 */
export async function agentsNamed(
  read: Read,
  agents: readonly string[] | undefined,
): Promise<readonly string[] | undefined> {
  if (!agents?.some(isBeginning)) return agents
  const rows = await read<{ agent: string }>(
    `with recursive a as (
       (select min(agent_id) as agent from workflow_checkpoints)
       union all
       select (select min(agent_id) from workflow_checkpoints where agent_id > a.agent) from a where a.agent is not null
     )
     select agent from a where exists (select from unnest($1::text[]) start where starts_with(agent, start))`,
    [agents.filter(isBeginning).map((name) => name.slice(0, -1))],
  )
  // A beginning stays as a name: where no agent begins so, none is meant, and not all.
  return [...new Set([...agents, ...rows.map(({ agent }) => agent)])]
}

const isBeginning = (name: string): boolean => name.endsWith('*')
