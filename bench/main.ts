import { parseArgs } from 'node:util'

import { browser } from './browser/browser.ts'
import { claim } from './claim.ts'
import { detectors } from './detectors/detectors.ts'
import { history } from './history/history.ts'
import { kill } from './kill/kill.ts'
import { live } from './live.ts'
import type { Benchmark, Settings } from './report.ts'
import { CannotMeasure, print } from './report.ts'
import { steps } from './steps/steps.ts'

const benchmarks: Record<string, Benchmark> = {
  browser,
  claim,
  detectors,
  history,
  kill,
  live,
  steps,
}

const usage = `pnpm bench NAME [--json] [--seconds S]

  browser  the console in Chromium: 10,000 live rows at 2,000 events/s, a run of 50,000 events, a day of a million
           [--only fleet|run|incidents] [--web FOLDER: another build of the console]
  claim    workers that empty a queue of 10,000 runs
  detectors  how well the drift score tells failed recorded runs from good ones: precision, recall, AUC
           [--corpus FOLDER: recorded runs, ../shared/data beside the checkout unless given]
  history  lists, the fleet as of a second, windows and the audit page of a generated history, and of a tenth of it
           [--runs N --events M: 200,000 and 5,000,000 unless given]
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
    runs: { type: 'string' },
    events: { type: 'string' },
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
  runs: sizeOf(values.runs),
  events: sizeOf(values.events),
}
try {
  print(await benchmark(settings), values.json)
} catch (error) {
  if (!(error instanceof CannotMeasure)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}

function sizeOf(given: string | undefined): number | undefined {
  const size = given === undefined ? undefined : Math.floor(Number(given))
  return size !== undefined && size >= 100 ? size : undefined
}
