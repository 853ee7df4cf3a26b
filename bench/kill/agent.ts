import { Worker } from '@holdpoint/sdk'
import { Client } from 'pg'

import { wallClock } from '../stamps.ts'

/**
 * An agent with the real SDK and many runs that do nothing but wait. Over IPC it says which runs it has, when a run's
 * signal fired, and (for the peer) when a bare connection heard a notification.
 */
export type Heard =
  | { readonly kind: 'started' | 'fired'; readonly id: string; readonly at: number }
  | { readonly kind: 'notified'; readonly id: string; readonly at: number }

const url = process.env['HOLDPOINT_AGENT_URL'] ?? ''
const worker = new Worker({ url })
const listener = new Client({ connectionString: url })
const tell = (kind: Heard['kind'], id: string): void => {
  process.send?.({ kind, id, at: wallClock() } satisfies Heard)
}

async function waitForTheEnd(): Promise<void> {
  await worker.supervise({ agent: 'bench', goal: 'Wait to be killed' }, async (run) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    run.signal.addEventListener('abort', () => {
      tell('fired', run.id)
      resolve()
    })
    tell('started', run.id)
    await promise
  })
}

process.on('message', ({ start }: { start: number }) => {
  // Killed is how they are meant to end.
  for (let i = 0; i < start; i += 1) void waitForTheEnd().catch(() => undefined)
})
process.on('disconnect', () => process.exit(0))
await listener.connect()
listener.on('notification', ({ payload }) => tell('notified', payload ?? ''))
await listener.query('listen bench_peer')
process.send?.({ kind: 'notified', id: 'ready', at: wallClock() } satisfies Heard)
