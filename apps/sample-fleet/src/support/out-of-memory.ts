import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { folder, pace } from '../settings.ts'
import { vouchersInFlight } from './goodwill.ts'

/** The ticket of a long queue at which the process is gone, as a support agent's once was after three days. */
const TICKET = 47
/** The first queue of a fresh fleet, and each so-manieth after it. */
const EVERY = 6
const PATIENCE_MS = 8000
const LEAST_PATIENCE_MS = 3000

const marker = (queue: number): string => join(folder(), `out-of-memory-${queue}`)

export const runsOutOfMemory = (queue: number, nth: number): boolean =>
  nth === TICKET && queue % EVERY === 1 && !existsSync(marker(queue))

/**
 * What the kernel does to a process that takes too much: SIGKILL, in the midst of whatever it does. Here that is a
 * reply which the mail sink has taken and nobody has recorded, and, as a rule, a voucher on its way.
 */
export async function outOfMemory(queue: number): Promise<void> {
  writeFileSync(marker(queue), '')
  const until = Date.now() + Math.max(LEAST_PATIENCE_MS, PATIENCE_MS / pace())
  while (vouchersInFlight() === 0 && Date.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 5))
  process.kill(process.pid, 'SIGKILL')
  // Nothing comes after it.
  await new Promise(() => undefined)
}
