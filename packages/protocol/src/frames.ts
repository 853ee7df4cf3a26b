import type { RunEvent } from './events.ts'
import type { RunStatus } from './run-state.ts'
import type { Instant, Run } from './run.ts'

/**
 * What travels on the live streams (server-sent events; `event:` is the frame's name, `id:` the position).
 *
 * snapshot  everything a page needs to start; replaces what it holds
 * frame     what came since; apply only what has a higher `seq` than is held for that run
 * health    the server's word on itself; sent each second and at once when it changes
 * resync    the position cannot be resumed; a snapshot follows
 */
export const frameNames = ['snapshot', 'frame', 'health', 'resync'] as const
export type FrameName = (typeof frameNames)[number]

/** Opaque to viewers: cluster identity, timeline and database snapshot, base64url. */
export type Position = string

export type StatusCounts = Readonly<Record<RunStatus, number>>

export interface FleetSnapshot {
  readonly position: Position
  readonly asOf: Instant
  /** Every run that has not ended, and the latest that have. */
  readonly runs: readonly Run[]
  readonly counts: StatusCounts
  /** Approvals open now. */
  readonly approvalsWaiting: number
  /** True when runs that have not ended were left out because there are too many. */
  readonly truncated: boolean
}

export interface FleetFrame {
  readonly position: Position
  readonly asOf: Instant
  /** The latest state of each run that changed. */
  readonly runs: readonly Run[]
  readonly counts: StatusCounts
  readonly approvalsWaiting: number
}

export interface RunSnapshot {
  readonly position: Position
  readonly asOf: Instant
  readonly run: Run
  /** The newest events, ascending by seq; older ones are fetched by page (`runs.events`). */
  readonly events: readonly RunEvent[]
}

export interface RunFrame {
  readonly position: Position
  readonly asOf: Instant
  readonly events: readonly RunEvent[]
}

export interface Health {
  readonly database: 'up' | 'down'
  /** The database's clock at the last successful read. */
  readonly asOf: Instant | null
  /** Milliseconds from an event's own time to its being read; 0 when quiet. */
  readonly lagMs: number
  /** Milliseconds by which the server's clock is ahead of the database's. */
  readonly clockSkewMs: number
}
