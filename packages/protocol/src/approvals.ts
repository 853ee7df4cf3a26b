import type { ApprovalKind, ChangeSubject } from './asked.ts'
import type { ErrorCode } from './errors.ts'
import type { ActionId, ApprovalId, PolicyId, RunId, StandingApprovalId } from './ids.ts'
import type { Instant, Run } from './run.ts'

export type Decision = 'approved' | 'rejected'

/** The kinds of answers that a request may allow. To edit is to approve other arguments than were asked for. */
export const answers = ['approve', 'edit', 'reject'] as const
export type Answer = (typeof answers)[number]

/** Whatever a person can do with a request; `further` is a yes for calls to come, `extend` gives it more time. */
export const replies = [...answers, 'further', 'delegate', 'escalate', 'extend'] as const
export type Reply = (typeof replies)[number]
/** Why the person who asks may not, in a sentence; null: they may. The database says so, and asks again. */
export type Replies = Readonly<Record<Reply, string | null>>

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

/** Of whom how many must say yes. One person stands for one group only. */
export interface QuorumGroup {
  readonly name: string
  readonly count: number
  /** Actors, as `operator:ana`; absent: whoever may decide. */
  readonly members?: readonly string[] | undefined
}

/** Who is asked next when nobody decided in time, and for how long. */
export interface EscalationStep {
  readonly to: readonly string[]
  readonly afterS: number
}

/** One person's word on a request as it then stood. */
export interface Vote {
  readonly actor: string
  readonly vote: 'approve' | 'reject'
  readonly reason: string | null
  readonly at: Instant
  /** False: it was about arguments that have been edited since. */
  readonly counts: boolean
  /** Before there was a decision its person was kept from deciding, or its token revoked: from then on it counts no more. */
  readonly voidSince: Instant | null
  /** Before there was a decision its person was named as the owner of the agent's login: it does not count. */
  readonly behind: boolean
}

/** A person's grade of an output; it lands in the same row. */
export interface Grade {
  /** 0 to 1. */
  readonly score: number
  readonly label?: string | undefined
  readonly note?: string | undefined
}

/** A dry run: exactly which requests a decision would answer, each as it was looked at. */
export interface DecisionPlan {
  readonly decision: Decision
  readonly will: readonly Approval[]
  readonly wont: readonly {
    readonly id: ApprovalId
    readonly because: string
    /** Null: there is no such request. */
    readonly approval: Approval | null
  }[]
}

/** What became of one request of a decision about many. */
export type DecisionResult =
  | { readonly id: ApprovalId; readonly outcome: 'done'; readonly approval: Approval }
  | {
      readonly id: ApprovalId
      readonly outcome: 'refused'
      readonly code: ErrorCode
      readonly message: string
    }

/** What makes a yes a standing approval, for calls to come: `run` for the rest of the run, `agent` in narrow bounds. */
export type Further =
  | {
      readonly scope: 'run'
      readonly condition?: string | undefined
      readonly target?: string | undefined
      readonly maxUses?: number | undefined
      readonly until?: Instant | undefined
    }
  | {
      readonly scope: 'agent'
      /** A strict JSON path on the arguments, as `$.eur <= 20`. */
      readonly condition: string
      readonly target?: string | undefined
      readonly maxUses: number
      readonly until: Instant
    }

/** Such a yes as it stands: a row of `standing_approvals`. */
export interface StandingApproval {
  readonly id: StandingApprovalId
  readonly agentId: string
  readonly runId: RunId | null
  readonly tool: string
  readonly target: string | null
  readonly condition: string | null
  readonly maxUses: number | null
  readonly uses: number
  readonly expiresAt: Instant | null
  readonly approvalId: ApprovalId
  readonly createdBy: string
  readonly createdAt: Instant
  readonly why: string | null
  readonly revokedBy: string | null
  readonly revokedAt: Instant | null
  /** Not revoked, not over, not used up, under the policy that rules now, its run not ended. */
  readonly inForce: boolean
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
  readonly requestedAt: Instant | null
  /** When the database saw it come. */
  readonly askedAt: Instant
  /** Since when it waits for more people than there are; null: there were enough when that was last looked at. */
  readonly lacksSince: Instant | null
  readonly tool: string | null
  readonly target: string | null
  /** What will run: what was asked for, or what a reviewer made of it. */
  readonly arguments: unknown
  /** Of a change, what it is about. */
  readonly changes: ChangeSubject | null
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
  /** The policy that rules it; a yes under an earlier version counts no more. */
  readonly policy: { readonly id: PolicyId; readonly name: string; readonly version: number } | null
  /** Null: one person, whoever may decide. */
  readonly quorum: readonly QuorumGroup[] | null
  readonly fourEyes: boolean
  readonly votes: readonly Vote[]
  /** Who would be asked next. */
  readonly nextAsked: readonly string[] | null
  /** Whom it is meant for: `operator:<name>`, or a word of the agent's. */
  readonly assignees: readonly string[]
  /** Who gave their part to others, and does not answer it. */
  readonly handedOn: readonly string[]
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
  /** Of an output, once it is settled. */
  readonly grade: Grade | null
  /** Closed without a decision: expired, or the run was killed or ended. */
  readonly closedAt: Instant | null
  readonly closedWhy: string | null
  /** The action that used the yes. */
  readonly consumedBy: ActionId | null
  readonly consumedAt: Instant | null
  readonly run: Run
}

/** A request, and what the person who looks at it may do. */
export interface ApprovalToAnswer extends Approval {
  readonly replies: Replies
  /** It waits for more people than there are who could say yes to it now. */
  readonly lacksPeople: boolean
}

/** An open request as a list shows it. */
export interface OpenRequest {
  readonly id: ApprovalId
  readonly runId: RunId
  readonly agentId: string
  readonly kind: ApprovalKind
  readonly tool: string | null
  readonly target: string | null
  readonly changes: ChangeSubject | null
  readonly risk: Approval['risk']
  readonly reversible: boolean | null
  readonly goal: string | null
  /** Where its run stands. */
  readonly step: string | null
  /** When the database saw it come. */
  readonly askedAt: Instant
  readonly expiresAt: Instant | null
  readonly expiredAt: Instant | null
  /** Since when it waits for more people than there are; null: there were enough when that was last looked at. */
  readonly lacksSince: Instant | null
  /** Who gave their part to others, and does not answer it. */
  readonly handedOn: readonly string[]
}

/** What waits for an answer: the most urgent first, as many as were asked for. */
export interface Inbox {
  readonly rows: readonly OpenRequest[]
  /** How many wait in all, and how many of these nobody answered in time. */
  readonly open: number
  readonly expired: number
  /** How many wait for more people than there are: they come first. */
  readonly lacking: number
}
