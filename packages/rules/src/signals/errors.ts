import type { Settings } from '../settings.ts'
import type { Entry } from '../state.ts'
import type { Signal } from '../verdict.ts'
import { quiet, ramp, refs } from './signal.ts'

/** Failures in a row. An outcome that nobody knows neither adds to the streak nor ends it. */
export function errors(window: readonly Entry[], settings: Settings): Signal {
  const failed = window.slice(window.findLastIndex((entry) => !isOpen(entry)) + 1).filter(isFailed)
  if (failed.length < 2) return quiet('errors', 'No two failures in a row.')
  return {
    name: 'errors',
    value: ramp(failed.length, 1, settings.errors),
    evidence: refs(failed),
    why: `${failed.length} failures in a row.`,
  }
}

const isFailed = ({ ended }: Entry): boolean => ended === 'failed'
const isOpen = ({ ended }: Entry): boolean => ended !== 'ok'
