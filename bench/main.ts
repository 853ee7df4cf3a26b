import { parseArgs } from 'node:util'

import { live } from './live.ts'
import type { Benchmark } from './report.ts'
import { print } from './report.ts'
import { steps } from './steps.ts'

const benchmarks: Record<string, Benchmark> = { live, steps }

const usage = `pnpm bench NAME [--json] [--seconds S]

  live     from an agent's commit to the server, the wire and the pixel, at 1, 100 and 1,000 events/s
  steps    durable steps per second and their latency, beside the same row writes without Holdpoint

Every figure is printed with the peer it was measured beside, in the same run.
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '6' },
    help: { type: 'boolean', default: false },
  },
})
const benchmark = benchmarks[positionals[0] ?? '']
const seconds = Number(values.seconds)
if (values.help || benchmark === undefined || !(seconds > 0)) {
  process.stdout.write(usage)
  process.exit(values.help ? 0 : 2)
}
print(await benchmark({ seconds }), values.json)
