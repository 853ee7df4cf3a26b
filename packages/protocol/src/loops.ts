import type { AgentId, RunId } from './ids.ts'
import type { Instant } from './run.ts'

/** `late` came after the grace; `missed` never came. */
export type FiringState = 'fired' | 'late' | 'missed'

/** One time that a loop was due, or fired without being due. */
export interface LoopFiring {
  /** Null for a firing that no schedule asked for. */
  readonly dueAt: Instant | null
  /** Null when it was missed. */
  readonly firedAt: Instant | null
  readonly runId: RunId | null
  readonly state: FiringState
}

/** A loop that said when it will be heard of: by a cron schedule, or at least so often after an event. */
export interface Loop {
  readonly agentId: AgentId
  readonly name: string
  readonly goal: string | null
  /** Five fields, read in `timeZone`. Null for a loop that an event starts. */
  readonly cron: string | null
  readonly timeZone: string
  /** What starts it, where no schedule does. */
  readonly event: string | null
  /** Milliseconds within which an event-driven loop is expected to fire again; null: no promise. */
  readonly expectMs: number | null
  /** Milliseconds that a firing may be late before it counts as missed. */
  readonly graceMs: number
  readonly declaredAt: Instant
  readonly nextDueAt: Instant | null
  readonly lastFiredAt: Instant | null
  readonly lastRunId: RunId | null
  /** Since when a firing is missing; null: all is well. */
  readonly overdueSince: Instant | null
  /** Why nobody can say when it is due: a schedule that cannot be read, or never comes. */
  readonly trouble: string | null
  /** Firings missed in the last 24 hours. */
  readonly missed: number
  /** The latest, newest first, at most 20. */
  readonly firings: readonly LoopFiring[]
}
