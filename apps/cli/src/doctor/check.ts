/** `warn` needs a look; `bad` makes the doctor exit with 1; `unknown` could not be looked at. */
export type Status = 'ok' | 'warn' | 'bad' | 'unknown'

export interface Check {
  readonly area: 'host' | 'database' | 'roles' | 'server'
  readonly name: string
  readonly status: Status
  readonly detail: string
}

const colours: Record<Status, number> = { ok: 32, warn: 33, bad: 31, unknown: 90 }
const words: Record<Status, string> = { ok: 'OK', warn: 'LOOK', bad: 'BAD', unknown: '?' }
const WORD_WIDTH = 4

/** The checks as lines, by area. */
export function report(checks: readonly Check[], colour: boolean): string[] {
  const width = Math.max(...checks.map(({ name }) => name.length))
  const areas = [...new Set(checks.map(({ area }) => area))]
  return areas.flatMap((area) => [
    area,
    ...checks
      .filter((check) => check.area === area)
      .map(({ name, status, detail }) => {
        const word = words[status].padEnd(WORD_WIDTH)
        const shown = colour ? `\u001b[${colours[status]}m${word}\u001b[0m` : word
        return `  ${shown}  ${name.padEnd(width)}  ${detail}`
      }),
  ])
}

/** The last line: what was found in all. */
export function verdict(checks: readonly Check[]): string {
  const count = (status: Status): number => checks.filter((c) => c.status === status).length
  const bad = count('bad')
  if (bad > 0) return `${bad} of ${checks.length} checks ${bad === 1 ? 'is' : 'are'} bad.`
  if (count('warn') > 0) return `No check is bad; ${count('warn')} of ${checks.length} need a look.`
  return `All ${checks.length} checks are well.`
}
