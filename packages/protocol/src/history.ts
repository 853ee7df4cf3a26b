import type { EventKind, RunEvent } from './events.ts'
import type { ActionId } from './ids.ts'
import type { ActionState, Step } from './records.ts'
import { isFinal } from './run-state.ts'
import type { Instant, Run } from './run.ts'

/** What an index says of a run after an event, a letter each; a capital letter: a step began with it. */
export const standings = {
  r: 'at work',
  w: 'waiting for what it declared',
  a: 'waiting for a decision',
  h: 'held',
  q: 'waiting for a worker',
  l: 'lost',
  e: 'ended',
} as const
export type Standing = keyof typeof standings

/** The letter of a run's state; `runs.index` writes the same ones. */
export function standingOf(run: Pick<Run, 'status' | 'stopReason' | 'waitingOn'>): Standing {
  if (isFinal(run.status)) return 'e'
  if (run.status === 'lost') return 'l'
  if (run.status === 'queued') return 'q'
  if (run.status === 'paused') return run.stopReason === 'AWAITING_APPROVAL' ? 'a' : 'h'
  return run.waitingOn === null ? 'r' : 'w'
}

/**
 * A stretch of a run's history in columns, some 7 bytes an event: what a scrollbar, a filter and a time axis need
 * of each event before any is read.
 */
export interface EventIndex {
  /** The sequence of the first event in the columns. */
  readonly first: number
  /** When that one was, in microseconds since 1970; null in an empty stretch. */
  readonly at: number | null
  /** Microseconds from each event to the one before it, separated by commas; 0 for the first. */
  readonly gaps: string
  /** A character an event: that of code 35 stands for the first of `names`, 36 for the second, and so on. */
  readonly kinds: string
  readonly names: readonly EventKind[]
  /** A letter an event, of `standings`. */
  readonly standing: string
}

/** An event as a line of a list: of the state only what the line may say. */
export interface EventLine extends Pick<RunEvent, 'seq' | 'kind' | 'actor' | 'at' | 'detail'> {
  readonly state: Pick<Run, 'goal' | 'step' | 'worker' | 'waitingOn' | 'stopDetail'>
}

interface Begun {
  /** Of the event with which it began. */
  readonly seq: number
  readonly name: string
}

/** What began with an event, and how it ended: a row of the waterfall. */
export type RunSpan =
  | (Begun & {
      readonly kind: 'step'
      /** Null: written with plain SQL, which keeps no steps; it ends when the next begins. */
      readonly kept: Pick<Step, 'occurrence' | 'attempt' | 'state' | 'endedAt'> | null
    })
  | (Begun & {
      readonly kind: 'action'
      readonly target: string | null
      readonly actionId: ActionId
      readonly attempt: number
      readonly state: ActionState
      readonly endedAt: Instant | null
    })
