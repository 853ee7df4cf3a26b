export const agentViews = ['agents', 'loops'] as const
export type AgentView = (typeof agentViews)[number]

/** Which half of the page is open; absent means the agents. */
export interface AgentsSearch {
  readonly view?: 'loops'
}

export const parseAgentsSearch = (raw: Record<string, unknown>): AgentsSearch =>
  raw['view'] === 'loops' ? { view: 'loops' } : {}
