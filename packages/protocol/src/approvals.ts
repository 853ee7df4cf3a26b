import type { ActionId, ApprovalId, RunId } from './ids.ts'
import type { Instant, Run } from './run.ts'

export type Decision = 'approved' | 'rejected'

/** An action about to run; an output about to be returned, with a person as its grader; a change about to go live. */
export const approvalKinds = ['action', 'output', 'change'] as const
export type ApprovalKind = (typeof approvalKinds)[number]

/** The kinds of answers that a request may allow. To edit is to approve other arguments than were asked for. */
export const answers = ['approve', 'edit', 'reject'] as const
export type Answer = (typeof answers)[number]

/** What becomes of a request that nobody decided in time. None of them approves. */
export const onExpiries = ['reject', 'escalate', 'hold'] as const
export type OnExpiry = (typeof onExpiries)[number]

/** What the agent says will change: a claim. */
export interface Consequence {
  readonly before?: unknown
  readonly after?: unknown
  /** How many rows, messages, files. */
  readonly rows?: number
  readonly note?: string
}

/** A row of `approval_queue` beside what a reviewer needs of its run. */
export interface Approval {
  readonly id: ApprovalId
  readonly runId: RunId
  readonly kind: ApprovalKind
  /** Goes up with each change of what is asked for; a decision names the one that was looked at. */
  readonly version: number
  /** Claims of the agent. */
  readonly requestedBy: string | null
  readonly requestedAt: Instant
  readonly tool: string | null
  readonly target: string | null
  /** What will run: what was asked for, or what a reviewer made of it. */
  readonly arguments: unknown
  /** What was asked for, where a reviewer changed it. */
  readonly originalArguments: unknown
  readonly editedBy: string | null
  /** JSON Schema of the arguments, as the agent gave it. */
  readonly argumentsSchema: unknown
  /** Shape unchecked: `Consequence` where the agent keeps to it. */
  readonly consequence: unknown
  /**
   * What the run recorded as the input of the step it waits at. Null once answered (the run moves on), and
   * where the request itself says what is asked for.
   */
  readonly stepInput: unknown
  readonly agentReason: string | null
  readonly reversible: boolean | null
  readonly risk: 'low' | 'medium' | 'high' | null
  /** SHA-256 of the RFC 8785 form of the arguments, hex, worked out by the database. */
  readonly digest: string | null
  /** Null: each answer is allowed. */
  readonly allowed: readonly Answer[] | null
  /** Whom it is meant for: `operator:<name>`, or a word of the agent's. */
  readonly assignees: readonly string[]
  /** The database login that asked. */
  readonly requestedLogin: string | null
  readonly expiresAt: Instant | null
  readonly onExpiry: OnExpiry
  /** Nobody decided in time. Closed as well where `onExpiry` is reject, else it waits for someone to give it more time. */
  readonly expiredAt: Instant | null
  readonly decision: Decision | null
  readonly decidedBy: string | null
  readonly decidedAt: Instant | null
  readonly decisionReason: string | null
  /** Closed without a decision: expired, or the run was killed or ended. */
  readonly closedAt: Instant | null
  readonly closedWhy: string | null
  /** The action that used the yes. */
  readonly consumedBy: ActionId | null
  readonly consumedAt: Instant | null
  readonly run: Run
}
