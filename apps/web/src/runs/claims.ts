import type { RunStatus, StopReason } from '@holdpoint/protocol'

/** Here the detail was written by a person or by Holdpoint, not by the agent. */
const notClaims = new Set<StopReason>([
  'USER_PAUSED',
  'USER_KILLED',
  'ISOLATED',
  'WORKER_LOST',
  'APPROVAL_REJECTED',
])
/** So here, as long as the run is held: one that ends may give such a reason in its own words. */
const notClaimsWhileHeld = new Set<StopReason>([
  'UNKNOWN_OUTCOME',
  'BUDGET_EXCEEDED',
  'LOOP_DETECTED',
  'DRIFT_DETECTED',
  'AWAITING_APPROVAL',
  'APPROVAL_EXPIRED',
])

/** Whether the detail of a stop is the agent's own words. */
export const isClaim = (reason: StopReason, status: RunStatus): boolean =>
  !notClaims.has(reason) && !(notClaimsWhileHeld.has(reason) && status === 'paused')
