import { setTimeout as sleep } from 'node:timers/promises'

import type { Step } from '@holdpoint/sdk'

import { pace } from '../settings.ts'

/** Milliseconds between `least` and `most`, made shorter by the fleet's pace. */
export const between = (least: number, most: number): number =>
  (least + Math.random() * (most - least)) / pace()

/** Waits that long unless the signal fires. */
export const wait = async (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal })

/**
 * The sample agents' model: a script. It takes its time and its tokens like a model, and says what it was told to
 * say.
 */
export async function think(step: Step, prompt: string, says: string): Promise<string> {
  return step.action(
    'model.complete',
    {
      target: 'scripted',
      request: { prompt },
      reversible: true,
      idempotent: true,
      spent: (text) => ({
        tokensIn: 600 + prompt.length,
        tokensOut: 80 + text.length,
        costUsd: 0.002 + text.length / 100_000,
      }),
    },
    async (signal) => {
      await wait(between(2000, 4500), signal)
      return says
    },
  )
}
