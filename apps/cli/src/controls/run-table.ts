import { type Run, type RunState, runState, stateSince } from '@holdpoint/protocol'

const ID_LENGTH = 8
const WIDEST = 40

/** A run's state in words: `needs approval`. */
export const stateOf = (run: Run): string => stateWords(runState(run))

const stateWords = (state: RunState): string => state.replaceAll('_', ' ')

/** Runs as lines of text, a header first. `now` in ms since the epoch. */
export function runTable(runs: readonly Run[], now: number): string[] {
  const rows = runs.map((run) => [
    run.id.slice(0, ID_LENGTH),
    run.agentId,
    stateOf(run),
    ageOf(stateSince(run), now),
    run.tool ?? run.step ?? '-',
    run.stopReason ?? '-',
    run.goal ?? '-',
  ])
  return table([['RUN', 'AGENT', 'STATE', 'SINCE', 'DOING', 'STOPPED BY', 'GOAL'], ...rows])
}

const ageOf = (since: string | null, now: number): string =>
  since === null ? '-' : age(now - Date.parse(since))

/** Aligns columns by their widest cell; long cells are cut. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const clean = rows.map((row) => row.map((cell) => oneLine(cell)))
  const widths = (clean[0] ?? []).map((_, at) =>
    Math.max(...clean.map((row) => (row[at] ?? '').length)),
  )
  return clean.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** Agents choose these words: control characters must not reach the terminal. */
export function oneLine(text: string, widest = WIDEST): string {
  // oxlint-disable-next-line no-control-regex
  const plain = text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g, ' ')
  return plain.length > widest ? `${plain.slice(0, widest - 1)}…` : plain
}

/** A length of time in ms, in its largest unit: `41s`, `7m`, `3h`, `2d`. */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`
  return `${Math.floor(seconds / 86_400)}d`
}
