import type { FinalStatus, RunState } from './run-state.ts'
import type { Instant } from './run.ts'
import type { StopReason } from './stop-reasons.ts'

/** How far back the fleet's charts look. */
export const historyWindows = ['1h', '24h', '7d'] as const
export type HistoryWindow = (typeof historyWindows)[number]

/** The fleet at one instant: how many were in each state, and how many ended since the sample before. */
export interface FleetSample {
  readonly at: Instant
  readonly counts: Readonly<Partial<Record<RunState, number>>>
  readonly ended: Readonly<Record<FinalStatus, number>>
}

/** The window cut in so many equal parts, to see when runs stopped. */
export const stopParts = 24

/** How often runs stopped for one reason; `over`: in each part of the window, oldest first. */
export interface StoppedFor {
  readonly reason: StopReason
  readonly stops: number
  readonly over: readonly number[]
}

/** No sample means that nobody looked: a gap, never a zero. */
export interface FleetHistory {
  /** When it was read, by the database's clock: the window of stop reasons ends here. */
  readonly at: Instant
  readonly everyMs: number
  readonly samples: readonly FleetSample[]
  /** Why runs stopped in the window, whatever became of them since; most first. */
  readonly stopReasons: readonly StoppedFor[]
}
