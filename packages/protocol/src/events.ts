import type { ChangeSubject } from './asked.ts'
import type { RunId } from './ids.ts'
import type { Instant, Run } from './run.ts'

/** Kinds of entries in the append-only history (`run_events.kind`). */
export const eventKinds = [
  'run.started',
  'run.adopted',
  'run.claimed',
  'run.released',
  'run.step',
  'run.progress',
  'run.waiting',
  'run.running',
  'run.queued',
  'run.paused',
  'run.approved',
  'run.complete',
  'run.failed',
  'run.killed',
  'run.lost',
  'run.looked',
  'hold.opened',
  'hold.cleared',
  'control.delivered',
  'control.acknowledged',
  'control.quiesced',
  'step.completed',
  'step.failed',
  'action.intended',
  'action.accepted',
  'action.confirmed',
  'action.failed',
  'action.unknown',
  'action.cancelled',
  'action.late',
  'action.settled',
  'action.refused',
  'limits.raised',
  'approval.requested',
  'approval.decided',
  'approval.voted',
  'approval.changed',
  'approval.overdue',
  'approval.lacking',
  'approval.expired',
  'task.written',
  'audit.recorded',
  'run.drift',
] as const
export type EventKind = (typeof eventKinds)[number]

/** One entry of a run's history: `seq` is dense from 1 within a run. */
export interface RunEvent {
  readonly runId: RunId
  readonly seq: number
  readonly kind: EventKind
  readonly actor: string
  readonly login: string
  readonly at: Instant
  readonly detail: EventDetail | null
  readonly state: Run
}

/** What an event adds to the state; every field is optional and all text may be the agent's own claim. */
export interface EventDetail {
  readonly why?: string
  readonly hold?: string
  readonly approvalId?: string
  readonly decision?: 'approved' | 'rejected'
  /** What the reviewer said yes to is not what the agent asked for. */
  readonly edited?: boolean
  /** What was changed about a request that is still open. */
  readonly change?: 'extended' | 'delegated' | 'escalated'
  /** Whom a request that was handed on, or escalated, waits for since. */
  readonly to?: readonly string[]
  /** What the change that was asked about would change. */
  readonly changes?: ChangeSubject
  readonly actionId?: string
  readonly tool?: string
  readonly target?: string
  readonly step?: string
  readonly occurrence?: number
  readonly error?: string
  readonly errorClass?: string
  readonly outcome?: string
  readonly action?: string
  readonly table?: string
  readonly row?: string
  readonly taskId?: string
  readonly taskStatus?: string
  readonly inFlight?: number
  readonly attempt?: number
  /** A person's word on an action whose outcome was unknown. */
  readonly landed?: boolean
  /** The version of its skill that the claiming worker runs. */
  readonly version?: string
  /** The audit row that a plain-SQL agent wrote. */
  readonly logId?: string
  /** It came after the run had ended. */
  readonly late?: boolean
  /** Items of its checklist closed so far, of how many: the agent's own count. */
  readonly closed?: number
  readonly of?: number
  /** The last drift scores of the run's actions, oldest first, rounded as they are shown; at most 24. */
  readonly scores?: readonly number[]
}
