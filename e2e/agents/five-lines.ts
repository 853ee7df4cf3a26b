// All that an agent author writes: it works until it is told to stop.
import { setTimeout as work } from 'node:timers/promises'

import { type RunSpec, supervise } from '@holdpoint/sdk'

type Spec = RunSpec & { agent: string; leaseMs?: number }
const spec = JSON.parse(process.argv[2] ?? '') as Spec

await supervise(spec, async (run) => {
  for (;;) {
    await run.step('read the queue', async (step) =>
      step.action('queue.read', { target: 'inbox' }, async (signal) => work(150, 'ok', { signal })),
    )
  }
})
