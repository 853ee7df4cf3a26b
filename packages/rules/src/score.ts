import type { Settings } from './settings.ts'
import { cycles } from './signals/cycles.ts'
import { errors } from './signals/errors.ts'
import { novelty } from './signals/novelty.ts'
import { progress } from './signals/progress.ts'
import { repeats } from './signals/repeats.ts'
import { states } from './signals/states.ts'
import type { State } from './state.ts'
import type { Finding, Signal, SignalName, Verdict } from './verdict.ts'

/**
 * The score is a noisy-OR of the signals (Pearl, Probabilistic Reasoning in Intelligent Systems,
 * 1988, 4.3.2): one minus the product of (1 - weight x value). Several signals that agree make more
 * than each alone, and none can make more than its weight.
 */
export function judge(state: State, settings: Settings): Verdict {
  const { window } = state
  const signals = [
    repeats(window, settings),
    cycles(window, settings),
    novelty(window, settings),
    errors(window, settings),
    states(window, settings),
    progress(state, settings),
  ]
  const calm = signals.reduce(
    (left, { name, value }) => left * (1 - settings.weights[name] * value),
    1,
  )
  const score = Math.round((1 - calm) * 10_000) / 10_000
  return { score, signals, found: find(signals, score, state, settings) }
}

function find(
  signals: readonly Signal[],
  score: number,
  { window }: State,
  { loopAt, driftAt, driftAfter }: Settings,
): Finding | null {
  const loops: readonly SignalName[] = ['repeats', 'cycles']
  const loop = Math.max(
    ...signals.filter(({ name }) => loops.includes(name)).map(({ value }) => value),
  )
  if (loopAt !== null && loop >= loopAt) return 'LOOP_DETECTED'
  if (driftAt !== null && score >= driftAt && window.length >= driftAfter) return 'DRIFT_DETECTED'
  return null
}
