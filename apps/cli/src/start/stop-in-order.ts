import { setTimeout as sleep } from 'node:timers/promises'

import { messageOf } from '../error-words.ts'

export interface StopSteps {
  /** `limitMs`: how long the steps after it wait for this one. */
  add(name: string, limitMs: number, stop: () => Promise<void>): void
  /** Stops what was added, the last first. A step that fails or hangs does not keep the others from stopping. */
  run(): Promise<void>
}

export function stopSteps(say: (line: string) => void): StopSteps {
  const steps: { name: string; limitMs: number; stop: () => Promise<void> }[] = []
  return {
    add(name, limitMs, stop) {
      steps.push({ name, limitMs, stop })
    },
    async run() {
      for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
        const { name, limitMs } = step
        const late = new AbortController()
        const outcome = await Promise.race([
          step.stop().then(() => undefined, messageOf),
          sleep(limitMs, `no answer for ${limitMs / 1000} s`, { signal: late.signal }).catch(
            () => undefined,
          ),
        ])
        late.abort()
        if (outcome !== undefined) say(`${name} did not stop cleanly: ${outcome}`)
      }
    },
  }
}
