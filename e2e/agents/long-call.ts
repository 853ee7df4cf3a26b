// An agent whose action lasts until a line on standard input ends it, or a kill.
import { createInterface } from 'node:readline'

import { type RunSpec, supervise } from '@holdpoint/sdk'

type Spec = RunSpec & { agent: string; leaseMs?: number }
const spec = JSON.parse(process.argv[2] ?? '') as Spec
const lines = createInterface({ input: process.stdin })

async function call(n: number, signal: AbortSignal): Promise<string> {
  process.stdout.write(`begun ${n}\n`)
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  lines.once('line', resolve)
  signal.addEventListener('abort', () => {
    process.stdout.write(`told to stop: ${String(signal.reason)}\n`)
    reject(signal.reason as Error)
  })
  const answer = await promise
  process.stdout.write(`done ${n}\n`)
  return answer
}

await supervise(spec, async (run) => {
  await run.spend({ tokensIn: 1200, tokensOut: 300, costUsd: 0.25 })
  for (let n = 1; ; n += 1) {
    await run.step(`part ${n}`, async (step) =>
      step.action(
        'warehouse.count',
        { target: `shelf ${n}`, request: { shelf: n } },
        async (signal) => call(n, signal),
      ),
    )
  }
}).catch((error: unknown) => {
  process.stdout.write(`ended: ${String(error)}\n`)
})
process.exit()
