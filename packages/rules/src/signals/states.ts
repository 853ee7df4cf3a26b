import type { Settings } from '../settings.ts'
import type { Entry } from '../state.ts'
import type { Signal } from '../verdict.ts'
import { isSame, quiet, rounded, refs } from './signal.ts'

/**
 * Distinct states per action: how many of the last actions came back to a call and an outcome that
 * stand among them already.
 */
export function states(window: readonly Entry[], { statesOver }: Settings): Signal {
  const last = window.slice(-statesOver)
  const again = last.filter((entry, at) => last.findIndex((other) => isSame(other, entry)) < at)
  if (again.length === 0) return quiet('states', 'Every action led to a state of its own.')
  const distinct = last.length - again.length
  return {
    name: 'states',
    value: rounded(again.length / statesOver),
    evidence: refs(again),
    why: `The last ${last.length} actions led to ${distinct === 1 ? 'one state' : `${distinct} distinct states`}.`,
  }
}
