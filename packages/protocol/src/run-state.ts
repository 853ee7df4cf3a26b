/**
 * What a run's row can say (`workflow_checkpoints.status`) and what a person is shown.
 * The first is the contract with agents; the second is derived from it and never stored.
 */
export const runStatuses = [
  'queued',
  'running',
  'paused',
  'approved',
  'complete',
  'failed',
  'killed',
  'lost',
] as const
export type RunStatus = (typeof runStatuses)[number]

/** Final: no write changes the state of such a run again. */
export const finalStatuses = [
  'complete',
  'failed',
  'killed',
] as const satisfies readonly RunStatus[]
export type FinalStatus = (typeof finalStatuses)[number]

export const isFinal = (status: RunStatus): status is FinalStatus =>
  (finalStatuses as readonly RunStatus[]).includes(status)

/** Statuses of a run that has not ended. */
export const activeStatuses = runStatuses.filter((status) => !isFinal(status))

/** Who may take an edge: the agent by its own write, or one of the database's functions. */
export type EdgeOwner = 'agent' | 'holdpoint'

/**
 * The state machine. The same rows stand in the table `run_transitions`; a test compares the two.
 * `agent` edges may also be taken by the database; `holdpoint` edges by the database alone.
 */
export const transitions = [
  ['queued', 'running', 'agent'],
  ['queued', 'paused', 'agent'],
  ['queued', 'complete', 'agent'],
  ['queued', 'failed', 'agent'],
  ['queued', 'killed', 'holdpoint'],
  ['running', 'paused', 'agent'],
  ['running', 'complete', 'agent'],
  ['running', 'failed', 'agent'],
  ['running', 'killed', 'holdpoint'],
  ['running', 'lost', 'holdpoint'],
  ['running', 'queued', 'holdpoint'],
  ['paused', 'complete', 'agent'],
  ['paused', 'failed', 'agent'],
  ['paused', 'running', 'holdpoint'],
  ['paused', 'approved', 'holdpoint'],
  ['paused', 'queued', 'holdpoint'],
  ['paused', 'killed', 'holdpoint'],
  ['approved', 'running', 'agent'],
  ['approved', 'paused', 'agent'],
  ['approved', 'complete', 'agent'],
  ['approved', 'failed', 'agent'],
  ['approved', 'killed', 'holdpoint'],
  ['approved', 'lost', 'holdpoint'],
  ['approved', 'queued', 'holdpoint'],
  ['lost', 'running', 'holdpoint'],
  ['lost', 'queued', 'holdpoint'],
  ['lost', 'paused', 'holdpoint'],
  ['lost', 'killed', 'holdpoint'],
] as const satisfies readonly (readonly [RunStatus, RunStatus, EdgeOwner])[]

/** What a person is shown. `waiting` and `needs_approval` are readings of running and paused. */
export const runStates = [
  'needs_approval',
  'paused',
  'lost',
  'failed',
  'running',
  'waiting',
  'approved',
  'queued',
  'complete',
  'killed',
] as const
export type RunState = (typeof runStates)[number]

/** The state a person is shown for a row. */
export function runState(run: {
  readonly status: RunStatus
  readonly stopReason: string | null
  readonly waitingOn: unknown
}): RunState {
  if (run.status === 'running') return run.waitingOn === null ? 'running' : 'waiting'
  if (run.status === 'paused')
    return run.stopReason === 'AWAITING_APPROVAL' ? 'needs_approval' : 'paused'
  return run.status
}

/**
 * Since when it is in the state that a person is shown. To wait is a reading of running: how long it has waited is
 * known where nothing else has happened since, else null.
 */
export function stateSince(
  run: Parameters<typeof runState>[0] & {
    readonly statusSince: string
    readonly lastEvent: { readonly kind: string; readonly at: string }
  },
): string | null {
  if (runState(run) !== 'waiting') return run.statusSince
  return run.lastEvent.kind === 'run.waiting' ? run.lastEvent.at : null
}
