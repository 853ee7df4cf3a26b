import { parseArgs } from 'node:util'

import { browser } from './browser/browser.ts'
import { claim } from './claim.ts'
import { detectors } from './detectors/detectors.ts'
import { kill } from './kill/kill.ts'
import { live } from './live.ts'
import type { Benchmark, Settings } from './report.ts'
import { print } from './report.ts'
import { steps } from './steps/steps.ts'

const benchmarks: Record<string, Benchmark> = { browser, claim, detectors, kill, live, steps }

const usage = `pnpm bench NAME [--json] [--seconds S]

  browser  the console in Chromium: 10,000 live rows at 2,000 events/s, a run of 50,000 events
           [--only fleet|run] [--web FOLDER: another build of the console]
  claim    workers that empty a queue of 10,000 runs
  detectors  how well the drift score tells failed recorded runs from good ones: precision, recall, AUC
           [--corpus FOLDER: recorded runs, ../shared/data beside the checkout unless given]
  kill     from a kill to the agent's signal and to its next action
  live     from an agent's commit to the server, the wire and the pixel, at 1, 100 and 1,000 events/s
  steps    durable steps per second and their latency, beside the same row writes without Holdpoint, and beside
           DBOS and Restate, which are installed apart from the product
           [--peers none|dbos|restate|all] [--only gate|sdk]

Every figure is printed with the peer it was measured beside, in the same run.
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '6' },
    peers: { type: 'string', default: 'all' },
    only: { type: 'string' },
    web: { type: 'string' },
    corpus: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
const benchmark = benchmarks[positionals[0] ?? '']
const seconds = Number(values.seconds)
const peers = (['none', 'dbos', 'restate', 'all'] as const).find((each) => each === values.peers)
if (values.help || benchmark === undefined || !(seconds > 0) || peers === undefined) {
  process.stdout.write(usage)
  process.exit(values.help ? 0 : 2)
}
const settings: Settings = {
  seconds,
  peers,
  only: values.only,
  web: values.web,
  corpus: values.corpus,
}
print(await benchmark(settings), values.json)
