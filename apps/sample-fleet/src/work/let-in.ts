import type { Worker } from '@holdpoint/sdk'

import { between, wait } from './think.ts'

/** The login is locked, as when an operator isolated the agent, or was given another password. */
function isLockedOut(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if ('code' in error && ['28000', '28P01'].includes(String(error.code))) return true
  return isLockedOut(error.cause)
}

/** Resolves when the database lets this agent's login in; says once that it does not. */
export async function untilLetIn(worker: Worker, signal: AbortSignal): Promise<void> {
  for (let told = false; ; told = true) {
    try {
      await worker.ownAgent()
      if (told) process.stdout.write('the login is let in again\n')
      return
    } catch (error) {
      if (!isLockedOut(error)) throw error
      if (!told) process.stdout.write('the login is locked; waiting until it is released\n')
    }
    await wait(between(4000, 6000), signal)
  }
}

/** Does `work` again whenever the login was locked meanwhile and is let in again. */
export async function wheneverLetIn<T>(
  worker: Worker,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (signal.aborted || !isLockedOut(error)) throw error
      await untilLetIn(worker, signal)
    }
  }
}
