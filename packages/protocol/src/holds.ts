/** Why a run may not go on. One row of `run_holds` per open reason; a run goes on when none is open. */
export const holdKinds = [
  'isolation',
  'operator_pause',
  'detection',
  'budget',
  'breaker',
  'check_in',
  'restore',
  'outcome',
  'approval',
  'self',
] as const
export type HoldKind = (typeof holdKinds)[number]

/**
 * Which holds an operator's resume clears. An approval is lifted only by its decision, an unknown outcome
 * by saying whether the action landed, isolation by releasing the agent.
 */
export const clearedByResume = {
  isolation: false,
  operator_pause: true,
  detection: true,
  budget: true,
  breaker: true,
  check_in: true,
  restore: true,
  outcome: false,
  approval: false,
  self: true,
} as const satisfies Record<HoldKind, boolean>

export const holdLabels = {
  isolation: 'agent isolated',
  operator_pause: 'paused by an operator',
  detection: 'a rule found something',
  budget: 'budget used up',
  breaker: 'circuit breaker open',
  check_in: 'check-in due',
  restore: 'restored from a backup',
  outcome: 'an action has an unknown outcome',
  approval: 'waits for a decision',
  self: 'paused by its own agent',
} as const satisfies Record<HoldKind, string>
