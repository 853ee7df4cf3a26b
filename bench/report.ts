import { cpus } from 'node:os'

/** How long each measured slice lasts is up to the benchmark; `seconds` is for each side in all. */
interface Settings {
  readonly seconds: number
}

export interface Row {
  readonly what: string
  readonly ours: string
  readonly peer: string
  /** Ours against the peer; what is better stands in `what`. */
  readonly ratio: string
}

export interface Report {
  readonly title: string
  /** What was done on which side, so that the numbers can be judged. */
  readonly notes: readonly string[]
  readonly rows: readonly Row[]
}

export type Benchmark = (settings: Settings) => Promise<Report>

/** Prints a report for people, or as one line of JSON for programs. */
export function print(report: Report, asJson: boolean): void {
  const machine = `${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`
  if (asJson) {
    process.stdout.write(`${JSON.stringify({ ...report, machine })}\n`)
    return
  }
  const head: Row = { what: '', ours: 'Holdpoint', peer: 'peer', ratio: 'ratio' }
  const table = [head, ...report.rows]
  const width = (key: keyof Row): number => Math.max(...table.map((row) => row[key].length))
  const line = (row: Row): string =>
    [
      row.what.padEnd(width('what')),
      row.ours.padStart(width('ours')),
      row.peer.padStart(width('peer')),
      row.ratio.padStart(width('ratio')),
    ].join('  ')
  const notes = report.notes.map((note) => `  ${note}`)
  process.stdout.write([report.title, machine, '', ...table.map(line), '', ...notes, ''].join('\n'))
}
