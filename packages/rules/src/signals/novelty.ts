import type { Settings } from '../settings.ts'
import type { Entry } from '../state.ts'
import type { Signal } from '../verdict.ts'
import { quiet, refs, rounded } from './signal.ts'

/** How much the last results are like earlier ones of the run: 1 when each of them had been seen. */
export function novelty(window: readonly Entry[], { noveltyOver }: Settings): Signal {
  const last = window.slice(-noveltyOver)
  const familiar = last.filter((entry) => entry.familiar > 0)
  if (familiar.length === 0) return quiet('novelty', 'Every result is new.')
  const sum = familiar.reduce((total, entry) => total + entry.familiar, 0)
  return {
    name: 'novelty',
    value: rounded(sum / noveltyOver),
    evidence: refs(familiar),
    why: `The last ${last.length} results are ${Math.round((sum / last.length) * 100)}% like earlier ones.`,
  }
}
