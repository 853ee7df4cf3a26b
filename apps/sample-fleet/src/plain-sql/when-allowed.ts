import { setTimeout as sleep } from 'node:timers/promises'

/** The database said that the run has ended: an operator killed it. */
export class RunIsOver extends Error {
  override readonly name = 'RunIsOver'
}

const RUN_HELD = 'HP001'
const RUN_ENDED = 'HP002'

/** Sends a statement until the run is held no more: the database refuses it while an operator's pause stands. */
export async function whenAllowed<T>(send: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await send()
    } catch (error) {
      const state = error instanceof Error && 'code' in error ? error.code : undefined
      if (state === RUN_ENDED) throw new RunIsOver('The run has ended.', { cause: error })
      if (state !== RUN_HELD) throw error
      await sleep(2000, undefined, { signal })
    }
  }
}
