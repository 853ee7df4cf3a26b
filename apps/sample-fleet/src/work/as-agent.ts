import { Worker } from '@holdpoint/sdk'

import { agentUrl, leaseMs, pace } from '../settings.ts'
import { untilLetIn } from './let-in.ts'
import { whenToldToStop } from './told-to-stop.ts'

/** The whole life of an agent's process: duties side by side, until it is told to stop. */
export async function asAgent(
  ...duties: readonly ((worker: Worker, signal: AbortSignal) => Promise<void>)[]
): Promise<never> {
  const worker = new Worker({ url: agentUrl(), leaseMs: leaseMs(pace()) })
  const stop = new AbortController()
  whenToldToStop(() => {
    stop.abort()
    void worker.close()
  })
  try {
    await untilLetIn(worker, stop.signal)
    await Promise.all(duties.map(async (duty) => duty(worker, stop.signal)))
  } catch (error) {
    if (!stop.signal.aborted) throw error
  }
  await worker.close()
  process.exit(0)
}
