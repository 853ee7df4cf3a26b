import { setTimeout as sleep } from 'node:timers/promises'

import type { Step } from '@holdpoint/sdk'

import { pace } from '../settings.ts'

const LIVELY_S = 15 * 60
const CALM = 4

/** A fresh fleet is lively, so that there is something to see. One that is left alone must not fill the disk. */
const calm = (): number => (process.uptime() > LIVELY_S ? CALM : 1)

/** Milliseconds between `least` and `most`, made shorter by the fleet's pace and longer once it is calm. */
export const between = (least: number, most: number): number =>
  ((least + Math.random() * (most - least)) / pace()) * calm()

/** Waits that long unless the signal fires. */
export const wait = async (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal })

export interface Thought {
  /** What the scripted model says. */
  readonly says: string
  /** Milliseconds that it takes. */
  readonly ms?: readonly [least: number, most: number]
}

/**
 * The sample agents' model: a script. It takes its time and its tokens like a model, and says what it was told to
 * say.
 */
export async function think(
  step: Step,
  prompt: string,
  thought: string | Thought,
): Promise<string> {
  const { says, ms = [2000, 4500] } = typeof thought === 'string' ? { says: thought } : thought
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
      await wait(between(...ms), signal)
      return says
    },
  )
}
