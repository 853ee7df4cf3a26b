import type { Settings } from '../settings.ts'
import type { Entry } from '../state.ts'
import type { Signal } from '../verdict.ts'
import { isSame, quiet, ramp, refs } from './signal.ts'

const LONGEST_CYCLE = 5

/** The end of the window as a cycle of one to five actions, each with its outcome; the shortest counts. */
export function cycles(window: readonly Entry[], settings: Settings): Signal {
  for (let period = 1; period <= LONGEST_CYCLE; period += 1) {
    const length = periodicEnd(window, period)
    const rounds = Math.floor(length / period)
    if (rounds < 2) continue
    const names = window.slice(-period).map(({ name }) => name)
    return {
      name: 'cycles',
      value: ramp(rounds, 1, period === 1 ? settings.repeats : settings.cycles),
      evidence: refs(window.slice(-rounds * period)),
      why: `${names.join(', ')}: the same ${period === 1 ? 'action' : `${period} actions`} ${rounds} times in a row.`,
    }
  }
  return quiet('cycles', 'No cycle of up to five actions.')
}

/** How many of the last entries have the period. */
function periodicEnd(window: readonly Entry[], period: number): number {
  let length = Math.min(period, window.length)
  while (length < window.length) {
    const entry = window[window.length - 1 - length]
    const later = window[window.length - 1 - length + period]
    if (entry === undefined || later === undefined || !isSame(entry, later)) break
    length += 1
  }
  return length
}
