import { runVerbs, type RunVerb } from '@holdpoint/protocol'

import type { BulkState } from './bulkJob.ts'

/** A command that this tab was sending when its page went away. */
export interface CutOff {
  readonly verb: RunVerb
  /** How many runs it was for. */
  readonly of: number
  /** Those of which no answer was heard. */
  readonly left: readonly string[]
}

const key = 'holdpoint.bulk'

/** Written down part by part, because a page that is reloaded has no time to say anything. */
export function keepCutOff(state: BulkState, storage: Storage): void {
  // A page that goes away breaks its last request off: an error that nobody has seen is no end.
  const open = state.phase === 'acting' || (state.phase === 'done' && state.error !== null)
  if (!open) return storage.removeItem(key)
  const answered = new Set<string>(state.results.map(({ id }) => id))
  const cut: CutOff = {
    verb: state.verb,
    of: state.ids.length,
    left: state.ids.filter((id) => !answered.has(id)),
  }
  storage.setItem(key, JSON.stringify(cut))
}

/** What was cut off, once: whoever is told decides what becomes of it. */
export function takeCutOff(storage: Storage): CutOff | null {
  const text = storage.getItem(key)
  storage.removeItem(key)
  if (text === null) return null
  const cut = JSON.parse(text) as CutOff
  return runVerbs.includes(cut.verb) && cut.left.length > 0 ? cut : null
}
