import type { Recording } from '@holdpoint/recordings'

import { type Case, observation } from './case.ts'

/** One agent with its tool calls; a reward of 1 says that the task was done. */
export function tauBenchCase({ turns, labels }: Recording): Case {
  const calls = turns.flatMap((turn) => turn.calls)
  return {
    happened: calls.map(({ tool, request, response }, nth) =>
      observation(nth, { tool, arguments: request, result: response }),
    ),
    failed: labels['reward'] !== '1',
    half: Number(labels['task']) % 2 === 0 ? 'tuning' : 'report',
  }
}
