import { visible } from '../../ui/visible.ts'

/** The lane of what was done to no agent alone. No agent is called so: Postgres keeps no such character in a text. */
export const wholeFleet = '\0'

export const laneName = (agentId: string): string =>
  agentId === wholeFleet ? 'Whole fleet' : visible(agentId)
