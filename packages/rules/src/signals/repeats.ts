import type { Settings } from '../settings.ts'
import type { Entry } from '../state.ts'
import type { Signal } from '../verdict.ts'
import { isSame, quiet, ramp, refs, rounded } from './signal.ts'

/**
 * The last action with its outcome, as often as it stands in the window. What was new in between
 * takes from it: tests that pass again after each edit are no loop, nor is asking for the next ticket.
 */
export function repeats(window: readonly Entry[], settings: Settings): Signal {
  const last = window.at(-1)
  if (last === undefined) return quiet('repeats', 'Nothing to compare yet.')
  const same = window.filter((entry) => isSame(entry, last))
  if (same.length < 2) return quiet('repeats', `${last.name} gave an outcome it had not given.`)
  const between = window.slice(window.findIndex((entry) => isSame(entry, last)) + 1)
  const fresh = between.filter((entry) => entry.ended === 'ok' && isFirst(entry, window)).length
  return {
    name: 'repeats',
    value: rounded(ramp(same.length, 1, settings.repeats) * (1 - fresh / between.length)),
    evidence: refs(same),
    why:
      `${last.name} was asked the same and ended the same ${same.length} times` +
      (fresh > 0 ? `, with ${fresh} new states in between.` : '.'),
  }
}

const isFirst = (entry: Entry, window: readonly Entry[]): boolean =>
  window.find((other) => isSame(other, entry)) === entry
