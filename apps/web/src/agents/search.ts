export const agentViews = ['agents', 'loops', 'policies', 'drift'] as const
export type AgentView = (typeof agentViews)[number]

/** Which part of the page is open; absent means the agents. */
export interface AgentsSearch {
  readonly view?: Exclude<AgentView, 'agents'>
  /** Whose policy for drift is open. */
  readonly agent?: string
}

export function parseAgentsSearch(raw: Record<string, unknown>): AgentsSearch {
  const { view, agent } = raw
  if (view === 'loops' || view === 'policies') return { view }
  if (view !== 'drift') return {}
  return { view, ...(typeof agent === 'string' && agent !== '' && { agent }) }
}
