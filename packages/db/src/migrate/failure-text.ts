import { DatabaseError } from 'pg'

/** What Postgres refused, for people: where it stands, with its line, and all that Postgres says. */
export function failureText(where: string, sql: string, error: unknown): string {
  if (!(error instanceof DatabaseError)) return `${where}: ${String(error)}`
  const before = error.position === undefined ? '' : sql.slice(0, Number(error.position) - 1)
  const line = before === '' ? '' : ` line ${before.split('\n').length}`
  const more = [error.detail, error.hint, error.where].filter((part) => part !== undefined)
  const text = [`${error.message} (${error.code ?? 'no code'})`, ...more].join('\n  ')
  return `${where}${line}: ${text}`
}
