import type { Database } from '../database/database.ts'
import { must } from '../database/must.ts'
import type { ExportFacts, ExportFormat } from './export-format.ts'
import type { AuditFilter, AuditOrder } from './filter.ts'
import { type AuditKey, readPage } from './read-page.ts'
import { utcText } from './row.ts'
import { instant } from './where.ts'

const pageRows = 500
const pageBytes = 8 * 1024 * 1024
/** Fixes what is relative to now: an export ends at the moment it was asked for, however long it takes. */
export async function pinned(
  database: Database,
  filter: AuditFilter,
): Promise<{ filter: AuditFilter; at: string }> {
  const params: unknown[] = []
  const given = (value: unknown): string => `$${params.push(value)}`
  const at = (moment: string | undefined): string =>
    moment === undefined ? 'null' : instant(moment, given)
  const [times] = await database.read<{ at: string; from: string | null; to: string }>(
    `select ${utcText('now()')} as at, ${utcText(`${at(filter.from)}::timestamptz`)} as from,
       ${utcText(`least(now(), ${at(filter.to)}::timestamptz)`)} as to`,
    params,
  )
  const { at: now, from, to } = must(times, 'the time')
  return { at: now, filter: { ...filter, ...(from !== null && { from }), to } }
}

/** The whole file in pieces, a page of the log each. Nothing is read before it is asked for. */
export async function* exportPages(
  database: Database,
  format: ExportFormat,
  question: { readonly filter: AuditFilter; readonly order: AuditOrder },
  facts: ExportFacts,
): AsyncGenerator<string, void> {
  let after: AuditKey | null = null
  let rows = 0
  let piece = format.head(facts)
  for (;;) {
    const page: { row: (string | null)[]; key: AuditKey }[] = await readPage(
      database,
      { ...question, after, limit: pageRows, mostBytes: pageBytes },
      `to_json(${format.select})`,
    )
    for (const { row } of page) {
      piece += format.row(row, rows === 0)
      rows += 1
    }
    const last = page.at(-1)
    if (last === undefined) break
    after = last.key
    yield piece
    piece = ''
  }
  yield piece + format.tail(rows)
}
