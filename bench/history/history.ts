import { Client } from 'pg'

import { type BenchDatabase, startBenchDatabase } from '../bench-database.ts'
import type { Benchmark, Row } from '../report.ts'
import { ms, perSecond, type Samples, times } from '../samples.ts'
import { generate } from './generate.ts'
import { type Measured, measure } from './measure.ts'
import { type Plan, planOf, type Size, tenthOf } from './plan.ts'
import { type Question, questionsOf } from './questions.ts'

const usual = { runs: 200_000, events: 5_000_000, alive: 2_000, crowd: 8_000 }
const repeats = 30

interface Side {
  readonly plan: Plan
  readonly questions: readonly Question[]
  readonly measured: readonly Measured[]
  readonly countedPerSecond: number
}

/** Questions about the past and the present of a fleet, at one size of its history and at a tenth of it. */
export const history: Benchmark = async ({ runs = usual.runs, events = usual.events }) => {
  const crowd = Math.min(usual.crowd, Math.floor(runs / 20))
  const size: Size = { ...usual, runs, events, crowd }
  const small = await sideOf(tenthOf(size))
  const whole = await sideOf(size)
  return {
    title: `A history of ${whole.plan.moments.length} events in ${runs} runs, and one of ${small.plan.moments.length} beside it`,
    peers: ['same rows by key', 'a tenth of it'],
    rows: [...rowsOf(whole, small), countingRow(whole, small)],
    notes,
  }
}

async function sideOf(size: Size): Promise<Side> {
  const database = await startBenchDatabase()
  try {
    const plan = planOf(size, Date.now())
    await generate(database.adminUrl, plan)
    const countedPerSecond = await countAll(database, plan.moments.length)
    const questions = questionsOf(plan)
    const measured = await measure(database.serverUrl, questions, repeats)
    return { plan, questions, measured, countedPerSecond }
  } finally {
    await database.stop()
  }
}

/** As the leading server does while events come. */
async function countAll({ serverUrl }: BenchDatabase, events: number): Promise<number> {
  const client = new Client({ connectionString: serverUrl })
  await client.connect()
  const began = performance.now()
  for (;;) {
    const { rows } = await client.query<{ n: number }>('select count_history() as n')
    if (rows[0]?.n === 0) break
  }
  await client.end()
  return (events * 1000) / (performance.now() - began)
}

/** Each question's figures at the whole size, beside the same rows by their keys, and beside a tenth of the history. */
const rowsOf = (
  whole: Pick<Side, 'questions' | 'measured'>,
  small: Pick<Side, 'measured'>,
): Row[] =>
  whole.questions.map(({ what, goal }, n) => {
    const [ours, peer, then] = [
      whole.measured[n]?.ours,
      whole.measured[n]?.peer,
      small.measured[n]?.ours,
    ]
    return {
      what,
      ours: shown(ours),
      beside: [
        { value: shown(peer), ratio: times(p50(ours) / p50(peer)) },
        { value: shown(then), ratio: times(p50(ours) / p50(then)) },
      ],
      ...(goal !== undefined && { goal }),
    }
  })

const p50 = (samples: Samples | undefined): number => samples?.quantile(0.5) ?? Number.NaN

const shown = (samples: Samples | undefined): string =>
  samples === undefined ? '-' : [0.5, 0.95].map((q) => inMs(samples.quantile(q))).join(' / ')

const inMs = (value: number): string =>
  value === Number.POSITIVE_INFINITY ? 'given up' : ms(value)

const countingRow = (whole: Side, small: Side): Row => ({
  what: 'counting what came: events',
  ours: perSecond(whole.countedPerSecond),
  beside: [
    undefined,
    {
      value: perSecond(small.countedPerSecond),
      ratio: times(whole.countedPerSecond / small.countedPerSecond),
    },
  ],
})

const notes = [
  'p50 / p95 of 30, from the call of the procedure to its answer as JSON, in turn with the look-up of the same rows.',
  'Same rows by key: the primary key of each row that the answer shows; of counts, the index by time over the window.',
  'A tenth: as many runs alive at a time, with as many events each, a tenth of the time. A ratio near 1 is flat.',
  'Generated with COPY in the order of time; the rules were bypassed in that database only.',
]
