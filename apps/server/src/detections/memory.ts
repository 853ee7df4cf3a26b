import type { DriftFinding } from '@holdpoint/protocol'
import { readState, startState, type State, type Verdict } from '@holdpoint/rules'

/** A score and what it stands on, after the event `seq`. */
export interface Point {
  readonly seq: number
  /** ms since 1970. */
  readonly at: number
  readonly score: number
  readonly signals: Verdict['signals']
  readonly found: DriftFinding | null
}

/** A step that has begun; whether an action passed the gate in it. */
export interface OpenStep {
  readonly name: string
  readonly occurrence: number
  readonly called: boolean
}

/**
 * All that is remembered of a run between two of its events, as JSON. It follows from the events alone, so that
 * whoever feeds them, in whatever pieces, comes to the same.
 */
export interface Memory {
  readonly version: 1
  readonly rules: State
  readonly steps: readonly OpenStep[]
  /** Items of its checklist closed so far, as it said last. */
  readonly closed: number | null
  /** Whether a rule holds it. */
  readonly held: boolean
  /** The last point, as long as it says something of the run as it is. */
  readonly standing: Point | null
  /** The version of the policy for which what is found now was written down. */
  readonly reported: number | null
}

export const startMemory: Memory = {
  version: 1,
  rules: startState,
  steps: [],
  closed: null,
  held: false,
  standing: null,
  reported: null,
}

/** A memory that was stored. One of rules that these do not know begins anew. */
export function readMemory(json: unknown): Memory {
  const memory = json as Memory | null
  const rules = memory?.version === 1 ? readState(memory.rules) : null
  return memory === null || rules === null ? startMemory : { ...memory, rules }
}
