/**
 * Why a run is not running: one honest reason, with what kind of trouble it is, whether the run
 * can be resumed, and what a person should do next.
 */
export const stopReasons = [
  'LOOP_DETECTED',
  'DRIFT_DETECTED',
  'STALLED',
  'BUDGET_EXCEEDED',
  'RETRY_LIMIT_REACHED',
  'TOOL_FAILURE',
  'TIMEOUT',
  'WORKER_LOST',
  'UNKNOWN_OUTCOME',
  'AWAITING_APPROVAL',
  'APPROVAL_REJECTED',
  'APPROVAL_EXPIRED',
  'CHECK_IN_DUE',
  'RESTORED',
  'ISOLATED',
  'USER_PAUSED',
  'USER_KILLED',
] as const
export type StopReason = (typeof stopReasons)[number]

/** behaviour: what it does; limit: what it may use; fault: something broke; person: someone must or did decide. */
export type StopCategory = 'behaviour' | 'limit' | 'fault' | 'person'

export interface StopReasonFacts {
  readonly category: StopCategory
  readonly resumable: boolean
  /** A few words for a table cell, sentence case. */
  readonly label: string
  /** What the person looking at it should do next: one sentence. */
  readonly nextMove: string
}

export const stopReasonFacts = {
  LOOP_DETECTED: {
    category: 'behaviour',
    resumable: true,
    label: 'Loop detected',
    nextMove: 'Look at the repeated steps; resume if the answers were changing, kill if not.',
  },
  DRIFT_DETECTED: {
    category: 'behaviour',
    resumable: true,
    label: 'Drift detected',
    nextMove: 'Compare the last steps with the goal; resume or kill.',
  },
  STALLED: {
    category: 'behaviour',
    resumable: true,
    label: 'Stalled',
    nextMove: 'See which tool it waits on; resume once that is well, or kill.',
  },
  BUDGET_EXCEEDED: {
    category: 'limit',
    resumable: true,
    label: 'Budget exceeded',
    nextMove: 'Decide whether what is left is worth it; raise the limit and resume, or kill.',
  },
  RETRY_LIMIT_REACHED: {
    category: 'limit',
    resumable: true,
    label: 'Retry limit reached',
    nextMove:
      'Fix what the tool complains about, then resume; start a new run if this one has ended.',
  },
  TOOL_FAILURE: {
    category: 'fault',
    resumable: false,
    label: 'Tool failure',
    nextMove: 'Read the last action and its error; start a new run when the tool is well.',
  },
  TIMEOUT: {
    category: 'limit',
    resumable: false,
    label: 'Timed out',
    nextMove:
      'See which step took the time; start a new run with a longer deadline if it was justified.',
  },
  WORKER_LOST: {
    category: 'fault',
    resumable: true,
    label: 'Worker lost',
    nextMove:
      'Check what was in flight; start the worker again and it goes on from the last checkpoint.',
  },
  UNKNOWN_OUTCOME: {
    category: 'fault',
    resumable: true,
    label: 'Outcome unknown',
    nextMove: 'Find out whether the action landed, then mark it as landed or not.',
  },
  AWAITING_APPROVAL: {
    category: 'person',
    resumable: false,
    label: 'Awaiting approval',
    nextMove: 'Read what it asks for, then approve or reject.',
  },
  APPROVAL_REJECTED: {
    category: 'person',
    resumable: true,
    label: 'Approval rejected',
    nextMove:
      'The agent reads the answer and goes on or ends; resume it yourself or kill it if it does neither.',
  },
  APPROVAL_EXPIRED: {
    category: 'person',
    resumable: true,
    label: 'Approval expired',
    nextMove:
      'Nobody decided in time; give it more time, or kill. If it was closed, the agent reads that and goes on or ends.',
  },
  CHECK_IN_DUE: {
    category: 'person',
    resumable: true,
    label: 'Check-in due',
    nextMove: 'Look at what it did since the last check-in, then resume.',
  },
  RESTORED: {
    category: 'fault',
    resumable: true,
    label: 'Restored',
    nextMove: 'The database came back from a backup; compare with the outside world, then resume.',
  },
  ISOLATED: {
    category: 'person',
    resumable: false,
    label: 'Agent isolated',
    nextMove: 'Its login is locked; release the agent when it is safe.',
  },
  USER_PAUSED: {
    category: 'person',
    resumable: true,
    label: 'Paused by a person',
    nextMove: 'Resume when you are done looking.',
  },
  USER_KILLED: {
    category: 'person',
    resumable: false,
    label: 'Killed by a person',
    nextMove: 'Final. Start a new run if the work is still wanted.',
  },
} as const satisfies Record<StopReason, StopReasonFacts>

export const isStopReason = (text: string): text is StopReason =>
  (stopReasons as readonly string[]).includes(text)
