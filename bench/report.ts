import { cpus } from 'node:os'

/** How long each measured slice lasts is up to the benchmark; `seconds` is for each side in all. */
export interface Settings {
  readonly seconds: number
  /** Which peers to measure beside; those that have to be installed are. */
  readonly peers: 'none' | 'dbos' | 'restate' | 'all'
  /** Only this part of the benchmark. */
  readonly only?: string | undefined
  /** Another build of the console. */
  readonly web?: string | undefined
  /** A folder of recorded runs. */
  readonly corpus?: string | undefined
  /** How large a generated history is. */
  readonly runs?: number | undefined
  readonly events?: number | undefined
}

/** What was asked for cannot be measured: nothing is printed that could be taken for a figure. */
export class CannotMeasure extends Error {}

/** What a peer did in the same run, and ours against it; what is better stands in the row's `what`. */
export interface Beside {
  readonly value: string
  readonly ratio: string
}

export interface Row {
  readonly what: string
  readonly ours: string
  /** One for each of the report's peers; undefined where that peer has nothing like it. */
  readonly beside: readonly (Beside | undefined)[]
  readonly goal?: string
}

export interface Report {
  readonly title: string
  readonly peers: readonly string[]
  readonly rows: readonly Row[]
  /** What was done on which side, so that the numbers can be judged. */
  readonly notes: readonly string[]
}

export type Benchmark = (settings: Settings) => Promise<Report>

/** Prints a report for people, or as one line of JSON for programs. */
export function print(report: Report, asJson: boolean): void {
  const machine = `${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`
  if (asJson) {
    process.stdout.write(`${JSON.stringify({ ...report, machine })}\n`)
    return
  }
  const notes = report.notes.map((note) => `  ${note}`)
  process.stdout.write([report.title, machine, '', ...table(report), '', ...notes, ''].join('\n'))
}

function table({ peers, rows }: Report): string[] {
  const withGoals = rows.some(({ goal }) => goal !== undefined)
  const head = [
    '',
    'Holdpoint',
    ...peers.flatMap((peer) => [peer, 'ratio']),
    ...(withGoals ? ['goal'] : []),
  ]
  const lines = rows.map(({ what, ours, beside, goal }) => [
    what,
    ours,
    ...peers.flatMap((_, i) => [beside[i]?.value ?? '-', beside[i]?.ratio ?? '-']),
    ...(withGoals ? [goal ?? ''] : []),
  ])
  const all = [head, ...lines]
  const widths = head.map((_, i) => Math.max(...all.map((line) => line[i]?.length ?? 0)))
  return all.map((line) =>
    line
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  '),
  )
}
