import type { Asked } from './asked.ts'
import type { HoldKind } from './holds.ts'
import type { ActionId, AgentId, ApprovalId, HoldId, RunId } from './ids.ts'
import type { Instant } from './run.ts'
import type { StopReason } from './stop-reasons.ts'

export const actionStates = [
  'intended',
  'accepted',
  'confirmed',
  'failed',
  'unknown',
  'cancelled',
  'compensated',
] as const
export type ActionState = (typeof actionStates)[number]

/** One external effect inside a step: a row of `actions`. `request` and `response` are at most 256 KiB. */
export interface Action {
  readonly id: ActionId
  readonly runId: RunId
  readonly epoch: number
  readonly step: string | null
  readonly tool: string
  readonly target: string | null
  readonly idempotencyKey: string
  readonly request: unknown
  /** SHA-256 of the request's RFC 8785 form, hex. */
  readonly digest: string
  readonly state: ActionState
  readonly attempt: number
  readonly reversible: boolean | null
  readonly response: unknown
  readonly error: string | null
  readonly errorClass: 'transient' | 'state_drift' | 'partial' | null
  readonly externalRef: string | null
  /** What arrived after the run had ended: evidence, it changed nothing. */
  readonly late: unknown
  readonly intendedAt: Instant
  readonly endedAt: Instant | null
  /** A person who said whether it landed, where nobody knew. */
  readonly settledBy: string | null
  readonly settledAt: Instant | null
  readonly settledWhy: string | null
  /** The yes that it used. */
  readonly approvalId: ApprovalId | null
}

/** An action without its payloads: lists carry these. */
export type ActionHead = Omit<
  Action,
  | 'request'
  | 'response'
  | 'late'
  | 'settledBy'
  | 'settledAt'
  | 'settledWhy'
  | 'approvalId'
  | 'clearedBy'
>

/** An earlier attempt of an action: same request, another end. */
export type ActionAttempt = Pick<
  Action,
  | 'attempt'
  | 'epoch'
  | 'state'
  | 'response'
  | 'error'
  | 'errorClass'
  | 'externalRef'
  | 'late'
  | 'intendedAt'
  | 'endedAt'
>

export interface Hold {
  readonly id: HoldId
  readonly runId: RunId
  readonly kind: HoldKind
  readonly stopReason: StopReason
  readonly openedBy: string
  readonly why: string | null
  readonly openedAt: Instant
  readonly clearedAt: Instant | null
  readonly clearedBy: string | null
  readonly clearedWhy: string | null
  readonly approvalId: ApprovalId | null
}

/** A step with its input and result: a row of `run_steps`, identified by (run, name, occurrence). */
export interface Step {
  readonly runId: RunId
  readonly name: string
  readonly occurrence: number
  readonly epoch: number
  readonly attempt: number
  readonly state: 'running' | 'done' | 'failed'
  readonly input: unknown
  readonly result: unknown
  readonly error: string | null
  readonly startedAt: Instant
  readonly endedAt: Instant | null
}

/** A step without its payloads: lists carry these. */
export type StepHead = Omit<Step, 'input' | 'result'>

/** An earlier attempt of a step. */
export type StepAttempt = Omit<Step, 'runId' | 'name' | 'occurrence'>

/** One row of the log that operators and agents share. */
export interface AuditRow {
  readonly id: string
  readonly agentId: AgentId | null
  readonly runId: RunId | null
  /** Who Holdpoint says did it: `operator:…`, `agent:…` or `holdpoint`. */
  readonly actor: string
  /** The database login that wrote the row, as the database saw it. */
  readonly login: string
  readonly action: string
  readonly targetTable: string | null
  readonly targetRowId: string | null
  readonly dataBefore: unknown
  readonly dataAfter: unknown
  /** Claims of the writer, kept as claims. */
  readonly credentials: string | null
  readonly loggedAt: Instant | null
  /** The database's own clock. */
  readonly seenAt: Instant
  /** Written about a run that had ended already. */
  readonly late: boolean
}

/** What an audit row is about, by the names it has now; the log itself keeps ids. */
export interface AuditAbout {
  /** What the row's run is for: the agent's words. */
  readonly goal: string | null
  /** Of a row about an action or a request of its own run: what was called, or asked for. */
  readonly asked: Asked | null
  /** What people call it: a policy, a channel, the tool of a standing approval. */
  readonly name: string | null
}

/** What became of an attempt that an audit row began: by the ledger as it is now, not as it was when the row was written. */
export interface ActionOutcome {
  readonly state: ActionState
  readonly endedAt: Instant | null
  /** The agent's own words. */
  readonly error: string | null
  readonly settledBy: string | null
}

/** The worker that holds a run: a row of `run_leases`. */
export interface Lease {
  readonly worker: string
  readonly heartbeatAt: Instant
  readonly leaseUntil: Instant
}

/** An agent's runs are counted so far, because someone who looks counts them each few seconds. */
export const mostRunsCounted = 10_000

export interface Agent {
  readonly agentId: AgentId
  /** Null: it works through the shared trial login and cannot be isolated alone. */
  readonly login: string | null
  /** The person behind its login, as actors are named: they do not answer what it asks for. Null: nobody is named. */
  readonly owner: string | null
  readonly isolatedAt: Instant | null
  readonly isolatedBy: string | null
  readonly isolatedWhy: string | null
  readonly activeRuns: number
  /** At `mostRunsCounted` there may be more. */
  readonly runs: number
  readonly lastSeenAt: Instant | null
  /** Open database connections of its login now. */
  readonly connections: number
}

/** One page of a list. */
export interface Page<Row> {
  readonly rows: readonly Row[]
  /** Ask for the next page with this; null: that was the last one. */
  readonly nextCursor: string | null
}
