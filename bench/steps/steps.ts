import { type BenchDatabase, startBenchDatabase } from '../bench-database.ts'
import type { Benchmark, Beside, Row } from '../report.ts'
import { microseconds, ms, perSecond, times } from '../samples.ts'
import { Side } from './contestant.ts'
import { makePlainCopies, measureGate, slices } from './gate.ts'
import { measureSdk, startContestants } from './sdk.ts'

const RUNS = [1, 32]

/** Durable steps: the gate beside the same row writes without rules, the SDK's whole path beside other engines. */
export const steps: Benchmark = async ({ seconds, peers, only }) => {
  const database = await startBenchDatabase()
  try {
    const rows: Row[] = []
    if (only !== 'sdk') rows.push(...(await gateRows(database, seconds)))
    const sdk = only === 'gate' ? undefined : await sdkRows(database, peers, seconds)
    return {
      title: 'Durable steps',
      peers: ['same rows', ...(sdk?.peers ?? [])],
      rows: [...rows, ...(sdk?.rows ?? [])],
      notes: [...gateNotes(seconds), ...(sdk?.notes ?? [])],
    }
  } finally {
    await database.stop()
  }
}

async function gateRows(database: BenchDatabase, seconds: number): Promise<Row[]> {
  await makePlainCopies(database.adminUrl)
  const rows: Row[] = []
  for (const runs of RUNS) {
    const { ours, peer } = await measureGate(database, runs, seconds)
    const goals =
      runs === 1 ? { rate: undefined, p50: '<= 1.5x' } : { rate: '>= 0.60x', p50: undefined }
    rows.push(
      ...compare(`gate, ${label(runs)}`, ours, [peer], goals),
      row(`gate, ${label(runs)}: processor time`, ours, [peer], processorTime, microseconds),
    )
  }
  return rows
}

async function sdkRows(database: BenchDatabase, wanted: string, seconds: number) {
  const { ours, peers, notes } = await startContestants(database, wanted)
  const contestants = [...ours, ...peers]
  try {
    const rows: Row[] = []
    for (const runs of RUNS) {
      const sides = await measureSdk(contestants, runs, seconds)
      const others = sides.slice(ours.length)
      for (const [i, { name }] of ours.entries()) {
        rows.push(
          ...compare(`${name}, ${label(runs)}`, sides[i] ?? new Side(), [undefined, ...others], {}),
        )
      }
    }
    return { rows, peers: peers.map(({ name }) => name), notes: [...sdkNotes, ...notes] }
  } finally {
    await Promise.all(contestants.map(async ({ contestant }) => contestant.stop()))
  }
}

const label = (runs: number): string => (runs === 1 ? '1 run' : `${runs} runs`)

function row(
  what: string,
  ours: Side,
  peers: readonly (Side | undefined)[],
  read: (side: Side) => number,
  show: (value: number) => string,
  goal?: string,
): Row {
  return {
    what,
    ours: show(read(ours)),
    beside: peers.map(
      (peer): Beside | undefined =>
        peer && { value: show(read(peer)), ratio: times(read(ours) / read(peer)) },
    ),
    ...(goal !== undefined && { goal }),
  }
}

const quantile =
  (q: number) =>
  (side: Side): number =>
    side.samples.quantile(q)

const processorTime = (side: Side): number => side.processorMicros / side.samples.count

function compare(
  what: string,
  ours: Side,
  peers: readonly (Side | undefined)[],
  goals: { readonly rate?: string | undefined; readonly p50?: string | undefined },
): Row[] {
  return [
    row(`${what}: steps`, ours, peers, (side) => side.rate, perSecond, goals.rate),
    row(`${what}: p50`, ours, peers, quantile(0.5), ms, goals.p50),
    row(`${what}: p99`, ours, peers, quantile(0.99), ms),
  ]
}

const gateNotes = (seconds: number): string[] => [
  `${seconds} s each, ${slices} slices in turn; loopback, one Postgres, synchronous_commit=on. Rates: higher is better.`,
  'gate: one begin_action over node-postgres, prepared. Peer: one CTE statement that writes the same four rows (action,',
  'run, event, audit) into copies of the tables (LIKE ... INCLUDING ALL) without triggers or row security. Processor time:',
  'of the backend, a step (steadier than latency on a machine with other work).',
]

const sdkNotes = [
  'run.step and step.action: the whole path of the SDK in a process of its own, a result of 1 KB, two commits each.',
  '  run.step: begin_step (step row, run row, event), then end_step (step row with the result, memory, run row, event).',
  '  step.action: begin_action before the effect (action, run row, event, audit), then end_action (action, run row, event).',
]
