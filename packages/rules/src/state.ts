import type { Outcome } from './observation.ts'
import { WINDOW } from './settings.ts'

/** One action in the window. */
export interface Entry {
  readonly ref: string
  /** Tool, or step where there is none; for sentences. */
  readonly name: string
  /** Fingerprint of tool and arguments. */
  readonly action: string
  /** Fingerprint of tool, outcome and result. */
  readonly outcome: string
  readonly ended: Outcome
  /** How the result reads; see text/sketch.ts. */
  readonly sketch: string
  /** How much the result is like the one most like it before: 0 to 1, 1 for one that was seen. */
  readonly familiar: number
}

/** What a poll-like tool last answered to the same arguments. */
export interface Poll {
  readonly action: string
  readonly outcome: string
  /** Times in a row that it answered so. */
  readonly asks: number
  /** When it answered so first: milliseconds since 1970. */
  readonly since: number
}

/**
 * All that is remembered of a run between two observations: JSON, at most 80,000 characters (some
 * 20,000 as a rule). It belongs to these rules: store it, give it back, read nothing out of it.
 */
export interface State {
  readonly version: typeof VERSION
  /** The last actions since the run last made progress, oldest first; at most `WINDOW`. */
  readonly window: readonly Entry[]
  /** Fingerprints of results, oldest first; at most `KNOWN`. */
  readonly known: readonly string[]
  /** The one asked last is the last; at most `POLLS`. */
  readonly polls: readonly Poll[]
  /** Items of the checklist ever closed; null where the run never named one. */
  readonly closed: number | null
  /** Observations since an item was closed. */
  readonly sinceClosed: number
  /** The observation that closed the last item. */
  readonly closedBy: string | null
}

const VERSION = 1
const KNOWN = 256
const POLLS = 32
/** Characters of a reference and of a name. */
const LONGEST = 64

export const startState: State = {
  version: VERSION,
  window: [],
  known: [],
  polls: [],
  closed: null,
  sinceClosed: 0,
  closedBy: null,
}

/**
 * A state that was stored. Null where these rules do not know it (another version wrote it): begin
 * with `startState`, or feed the run's history again.
 */
export function readState(json: unknown): State | null {
  const state = json as Partial<State> | null
  const known =
    typeof state === 'object' &&
    state?.version === VERSION &&
    [state.window, state.known, state.polls].every(Array.isArray)
  return known ? (state as State) : null
}

/**
 * The state to go on with after a person looked at the run and resumed it: what the rules held
 * against it is forgotten, what it has seen and closed is not.
 */
export const afterResume = (state: State): State => ({
  ...state,
  window: [],
  polls: [],
  sinceClosed: 0,
})

export const withEntry = (state: State, entry: Entry): State => ({
  ...state,
  window: [...state.window, entry].slice(-WINDOW),
})

/** A result that comes again moves to the end: what is forgotten is what was not seen for longest. */
export const withKnown = (state: State, outcome: string): State => ({
  ...state,
  known: [...state.known.filter((each) => each !== outcome), outcome].slice(-KNOWN),
})

export const withPoll = (state: State, poll: Poll): State => ({
  ...state,
  polls: [...state.polls.filter(({ action }) => action !== poll.action), poll].slice(-POLLS),
})

export const shortened = (text: string): string => text.slice(0, LONGEST).toWellFormed()
