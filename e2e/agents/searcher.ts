// An agent that asks the same again and again, is told the same, and does not notice; or that asks once for each line.
import { createInterface } from 'node:readline'
import { setTimeout as work } from 'node:timers/promises'

import { type RunSpec, supervise } from '@holdpoint/sdk'

type Spec = RunSpec & { agent: string; leaseMs?: number }
const [text = '', byLines] = process.argv.slice(2)
const spec = JSON.parse(text) as Spec
const lines = byLines === undefined ? null : createInterface({ input: process.stdin })
const told = lines?.[Symbol.asyncIterator]()

await supervise(spec, async (run) => {
  for (let n = 1; ; n += 1) {
    await told?.next()
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
