import { setTimeout as sleep } from 'node:timers/promises'

const FIRST_MS = 50
export const LONGEST_BACK_OFF_MS = 5000

/** Waits before the next try: exponential, jittered so that many workers do not return at once. */
export async function backOff(failures: number, signal?: AbortSignal): Promise<void> {
  const most = Math.min(LONGEST_BACK_OFF_MS, FIRST_MS * 2 ** Math.min(failures, 10))
  await pause(most / 2 + Math.random() * (most / 2), signal)
}

/** Sleeps `ms` milliseconds. @throws the signal's own reason when it fires */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, signal === undefined ? {} : { signal })
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  }
}

/** Resolves when `work` is over, however it went, and after `ms` at the latest; leaves no timer behind. */
export async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const over = new AbortController()
  await Promise.race([work, pause(ms, over.signal)]).catch(() => undefined)
  over.abort()
}
