import type { EscalationStep, OnExpiry, QuorumGroup } from './approvals.ts'
import type { ApprovalKind } from './asked.ts'
import type { PolicyId, RunId } from './ids.ts'
import type { Instant } from './run.ts'

/** What a policy says. A tool may end in `*`. */
export interface PolicySpec {
  readonly name: string
  readonly agentId?: string | null | undefined
  readonly skill?: string | null | undefined
  /** Null: only the check-in counts. */
  readonly tool?: string | null | undefined
  /** The gate itself asks, whether or not the agent does. */
  readonly gate?: boolean | undefined
  /** A strict JSON path on the arguments: where it holds nobody is asked. */
  readonly autoApprove?: string | null | undefined
  readonly quorum?: readonly QuorumGroup[] | null | undefined
  readonly fourEyes?: boolean | undefined
  readonly expiresAfterS?: number | null | undefined
  readonly onExpiry?: OnExpiry | undefined
  readonly escalation?: readonly EscalationStep[] | null | undefined
  readonly checkInHours?: number | null | undefined
  readonly checkInSteps?: number | null | undefined
}

/** One version of a policy: a row of `approval_policies`. */
export interface Policy {
  readonly id: PolicyId
  readonly version: number
  readonly name: string
  readonly agentId: string | null
  readonly skill: string | null
  readonly tool: string | null
  readonly gate: boolean
  readonly autoApprove: string | null
  readonly quorum: readonly QuorumGroup[] | null
  readonly fourEyes: boolean
  readonly expiresAfterS: number | null
  readonly onExpiry: OnExpiry
  readonly escalation: readonly EscalationStep[] | null
  readonly checkInHours: number | null
  readonly checkInSteps: number | null
  /** The version that is in force. */
  readonly current: boolean
  readonly createdBy: string
  readonly createdAt: Instant
  readonly why: string | null
  readonly retiredBy: string | null
  readonly retiredAt: Instant | null
}

/** What a call meets under the policies: another one that rules it, no question, a condition that holds, or a wait. */
export type Met =
  | { readonly would: 'other'; readonly policy: string }
  | { readonly would: 'free' }
  | { readonly would: 'pass' }
  | {
      readonly would: 'wait'
      /** How many must agree, and of whom; null: of all who may decide. */
      readonly yeses: number
      readonly quorum: readonly QuorumGroup[] | null
      readonly fourEyes: boolean
      /** The deadline after it was asked (s), what becomes of it then, and who is asked first; null: none. */
      readonly withinS: number | null
      readonly onExpiry: OnExpiry | null
      readonly next: readonly string[] | null
    }

export interface PreviewedCall {
  readonly runId: RunId
  readonly agentId: string
  readonly kind: ApprovalKind
  readonly tool: string
  readonly target: string | null
  readonly at: Instant
  /** The agent asked by itself, whatever the gate did. */
  readonly asked: boolean
  readonly meets: Met
  /** Under the policies in force it would meet the same. */
  readonly unchanged: boolean
}

export interface PreviewedCheckIn {
  readonly runId: RunId
  readonly agentId: string
  readonly goal: string | null
  /** When it would first have paused, and what was over. */
  readonly at: Instant
  readonly by: 'hours' | 'steps'
}

/** What earlier calls and runs would have met under a draft. */
export interface PolicyPreview {
  readonly days: number
  /** Null: it is about no tool. */
  readonly calls: {
    /** Calls that were looked at; `cut`: there were more. */
    readonly considered: number
    readonly cut: boolean
    readonly counts: Readonly<Record<Met['would'], number>>
    readonly unchanged: number
    /** Those that would meet something else first, then the newest; at most 100. */
    readonly examples: readonly PreviewedCall[]
  } | null
  /** Null: it asks for no check-in. */
  readonly checkIn: {
    readonly runs: number
    readonly cut: boolean
    readonly paused: number
    /** Those that would have paused first; at most 100. */
    readonly examples: readonly PreviewedCheckIn[]
  } | null
}
