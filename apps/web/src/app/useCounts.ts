import type { RunState } from '@holdpoint/protocol'

import { useFleet } from '../live/useLive'

/**
 * Runs by the state a person is shown. The server counts by status; what is a reading of running and
 * paused (waiting, needs approval) is told apart among the runs held here, which are all that have not ended.
 */
export function useCounts(): Readonly<Record<RunState, number>> {
  const { states, counts, approvalsWaiting, truncated } = useFleet()
  const { waiting } = states
  const needsApproval = truncated
    ? Math.min(counts.paused, Math.max(states.needs_approval, approvalsWaiting))
    : states.needs_approval
  return {
    needs_approval: needsApproval,
    paused: counts.paused - needsApproval,
    lost: counts.lost,
    failed: counts.failed,
    running: counts.running - waiting,
    waiting,
    approved: counts.approved,
    queued: counts.queued,
    complete: counts.complete,
    killed: counts.killed,
  }
}
