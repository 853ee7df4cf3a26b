import type { Observation } from './observation.ts'
import { isPatient } from './poll.ts'
import { read, toolSettings } from './read.ts'
import { judge } from './score.ts'
import type { Settings } from './settings.ts'
import { shortened, type State, withEntry, withKnown } from './state.ts'
import { similarity } from './text/sketch.ts'
import type { Verdict } from './verdict.ts'

export interface Next {
  readonly state: State
  readonly verdict: Verdict
}

/**
 * Takes one observation in: the state to keep, and what the run looks like after it. Pure: the same
 * observations in the same order give the same verdicts, at once or one by one, with the state
 * stored as JSON in between or not. Time and memory are bounded, whatever the observation holds.
 */
export function next(state: State, observation: Observation, settings: Settings): Next {
  const tool = toolSettings(settings, observation.tool)
  const seen = read(observation, tool)
  const poll = isPatient(state, seen, observation.at, tool.poll)
  const familiar = state.known.includes(seen.outcome) ? 1 : mostAlike(state, seen.sketch)
  const counted = withProgress(withKnown(poll.state, seen.outcome), observation, poll.patient)
  // Waiting for an answer is not evidence of anything.
  const after = poll.patient ? counted : withEntry(counted, { ...seen, familiar })
  return { state: after, verdict: judge(after, settings) }
}

const mostAlike = ({ window }: State, sketch: string): number =>
  window.reduce((most, entry) => Math.max(most, similarity(entry.sketch, sketch)), 0)

/**
 * Progress starts the evidence anew. Only an item more than ever before is progress: one closed,
 * opened and closed again is not.
 */
function withProgress(state: State, { closed, ref }: Observation, patient: boolean): State {
  const count = typeof closed === 'number' && closed >= 0 && Number.isFinite(closed) ? closed : null
  const before = state.closed ?? (count === null ? null : 0)
  if (count === null || count <= (before ?? 0)) {
    return { ...state, closed: before, sinceClosed: state.sinceClosed + (patient ? 0 : 1) }
  }
  return { ...state, window: [], closed: count, sinceClosed: 0, closedBy: shortened(ref) }
}
