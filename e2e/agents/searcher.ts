// An agent that asks the same again and again, is told the same, and does not notice; a line makes it go on faster.
import { setTimeout as work } from 'node:timers/promises'

import { type RunSpec, supervise } from '@holdpoint/sdk'

type Spec = RunSpec & { agent: string; leaseMs?: number }
const spec = JSON.parse(process.argv[2] ?? '') as Spec

await supervise(spec, async (run) => {
  for (let n = 1; ; n += 1) {
    await run.step('look it up', async (step) =>
      step.action(
        'catalogue.search',
        { target: 'shelves', request: { query: 'blue shelf', request_id: crypto.randomUUID() } },
        async (signal) =>
          work(400, { hits: [], took: `${n * 7} ms`, id: crypto.randomUUID() }, { signal }),
      ),
    )
    process.stdout.write(`asked ${n}\n`)
  }
}).catch((error: unknown) => {
  process.stdout.write(`ended: ${String(error)}\n`)
})
