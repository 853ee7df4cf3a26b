import type { Settings } from '../settings.ts'
import type { State } from '../state.ts'
import type { Signal } from '../verdict.ts'
import { quiet, ramp } from './signal.ts'

/** How long no item of the run's own checklist was closed; silent for a run that has none. */
export function progress(state: State, { patience }: Settings): Signal {
  const { closed, sinceClosed, closedBy, window } = state
  if (closed === null) return quiet('progress', 'It keeps no checklist.')
  const value = ramp(sinceClosed, Math.floor(patience / 4), patience)
  if (value === 0) return quiet('progress', `${closed} items closed.`)
  const latest = window.at(-1)?.ref
  return {
    name: 'progress',
    value,
    evidence: [closedBy, latest].filter((ref) => typeof ref === 'string'),
    why: `${closed} items closed, and none in the last ${sinceClosed} observations.`,
  }
}
