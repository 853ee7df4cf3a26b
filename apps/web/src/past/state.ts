import type { Instant, RunAt, RunId } from '@holdpoint/protocol'

import { Signal } from '../live/signal'
import type { Moment } from '../live/useMoment'
import type { RunHistory } from '../runs/history/runHistory'
import { PastFleet } from './pastFleet'

/** One run as it was; `told` is null where it had not begun. */
export interface PastRun {
  readonly id: RunId
  readonly told: (RunAt & { readonly history: RunHistory }) | null
}

/** What was answered for one instant, all of it: a page is never drawn from two. */
export interface Shown {
  readonly moment: Moment & { readonly at: Instant }
  readonly run: PastRun | null
}

export interface PastState {
  /** Null: now. As the address has it, or where the hand on the scrubber is. */
  readonly wanted: string | null
  /** Why nothing is asked for `wanted`. */
  readonly never: 'malformed' | 'future' | 'before' | null
  readonly shown: Shown | null
  readonly asking: boolean
  readonly problem: unknown
}

export const nothing: PastState = {
  wanted: null,
  never: null,
  shown: null,
  asking: false,
  problem: null,
}

/** The past that this page looks at. Written by its reader alone, which is fetched when it is needed. */
export const past = new Signal<PastState>(nothing)

let reader: { readonly retry: () => void } | null = null

/** Who reads it now, and can be asked to try again. */
export function readBy(next: typeof reader): void {
  reader = next
}

export const retryPast = (): void => reader?.retry()

const unknown = new PastFleet(null)

/** Before the first answer nothing is known of then, and no clock may say now. */
export const unknownMoment = (at: Instant): Moment => ({
  at,
  fleet: unknown,
  clock: { subscribe: () => () => {}, now: () => null },
})
