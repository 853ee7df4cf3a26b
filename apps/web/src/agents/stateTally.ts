import { isFinal, runState, type Run, type RunState } from '@holdpoint/protocol'

export type StateTally = ReadonlyMap<RunState, number>

/** How many runs of each agent are in which state, of those that have not ended. */
export function activeStates(runs: Iterable<Run>): ReadonlyMap<string, StateTally> {
  const byAgent = new Map<string, Map<RunState, number>>()
  for (const run of runs) {
    if (isFinal(run.status)) continue
    const tally = byAgent.get(run.agentId) ?? new Map<RunState, number>()
    const state = runState(run)
    tally.set(state, (tally.get(state) ?? 0) + 1)
    byAgent.set(run.agentId, tally)
  }
  return byAgent
}
