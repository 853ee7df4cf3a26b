import { verbsOfAgents } from './of-agents.ts'
import { verbsOfApprovals } from './of-approvals.ts'
import { verbsOfChannels } from './of-channels.ts'
import { verbsOfPeople } from './of-people.ts'
import { verbsOfRuns } from './of-runs.ts'
import type { Verb } from './verb.ts'

/** Everything that a person may do, by the name of its function. */
export const verbs: Readonly<Record<string, Verb>> = {
  ...verbsOfRuns,
  ...verbsOfApprovals,
  ...verbsOfAgents,
  ...verbsOfPeople,
  ...verbsOfChannels,
}
