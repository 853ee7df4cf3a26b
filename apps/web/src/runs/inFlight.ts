import { isFinal, type Run } from '@holdpoint/protocol'

/**
 * What is true of the tool on a run's row. `now`: it runs. `may finish`: it had begun when the run was
 * stopped, and nobody can take it back. `unknown`: its worker is gone, and with it the answer.
 */
export type InFlight = 'none' | 'now' | 'may finish' | 'unknown'

/** The row keeps the name of a tool also when nothing runs any more: a name alone is not an action in flight. */
export function inFlight(run: Run): InFlight {
  if (run.tool === null || isFinal(run.status)) return 'none'
  const abandoned = run.engine !== 'sql' && run.worker === null
  if (run.status === 'lost' || abandoned || run.heldBy.includes('outcome')) return 'unknown'
  if (run.status !== 'paused') return 'now'
  // At rest since, or waiting for an answer: what it asks to run has not begun.
  const rested = run.control !== null && run.control.quiescedAt !== null
  if (rested || run.stopReason === 'AWAITING_APPROVAL') return 'none'
  return 'may finish'
}

/** In which words it is told beside the tool's name. */
export const inFlightWords: Record<Exclude<InFlight, 'none' | 'now'>, string> = {
  'may finish': 'in flight when it was paused; it may still finish',
  unknown: 'in flight when its worker was lost; nobody knows whether it landed',
}
