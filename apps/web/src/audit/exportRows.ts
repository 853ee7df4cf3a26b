import { ExportFailed, fileName, refusal } from '../app/files.ts'
import type { AuditFilter } from './search.ts'
import type { AuditOrder } from './useAuditRows.ts'

export type ExportFormat = 'csv' | 'json'

interface Wanted {
  readonly format: ExportFormat
  readonly filter: AuditFilter
  readonly order: AuditOrder
  readonly signal: AbortSignal
  readonly read: (rows: number) => void
}

/** Bytes that are kept in memory before the browser may put them elsewhere. */
const partBytes = 8 * 1024 * 1024
const lineEnd = 10

/** Rows that a whole file says it has, at its very end. */
const ends = {
  csv: /# complete,(\d+) rows,*\r\n$/,
  json: /\],"count":(\d+),"complete":true\}\n$/,
} as const

function exportAddress({
  format,
  filter,
  order,
}: Pick<Wanted, 'format' | 'filter' | 'order'>): string {
  const query = new URLSearchParams({ format, order })
  for (const [key, value] of Object.entries(filter)) query.set(key, String(value))
  return `/api/audit/export?${query.toString()}`
}

/**
 * All rows of a filter as a file, read while they come so that it can be said how many there are, and stopped.
 * @throws ExportFailed, or AbortError when it was stopped: there is no file then
 */
export async function exportRows(wanted: Wanted): Promise<{ file: File; rows: number }> {
  const answer = await fetch(exportAddress(wanted), { signal: wanted.signal }).catch(
    (error: unknown) => {
      if (wanted.signal.aborted) throw error
      throw new ExportFailed('The server could not be reached.')
    },
  )
  if (!answer.ok || answer.body === null) throw new ExportFailed(await refusal(answer))
  const parts: Blob[] = []
  let part: Uint8Array<ArrayBuffer>[] = []
  let bytes = 0
  // The first line is the head of the file.
  let lines = -1
  const reader = answer.body.getReader()
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      if (wanted.signal.aborted) throw error
      throw new ExportFailed(`The export broke off after about ${Math.max(0, lines)} rows.`)
    })
    if (done) break
    for (const byte of value) if (byte === lineEnd) lines += 1
    wanted.read(Math.max(0, lines))
    part.push(value)
    bytes += value.length
    if (bytes < partBytes) continue
    parts.push(new Blob(part))
    part = []
    bytes = 0
  }
  const whole = new Blob([...parts, ...part])
  const found = ends[wanted.format].exec(await whole.slice(-200).text())
  if (found === null) throw new ExportFailed('The export has no end: rows are missing.')
  return {
    file: new File([whole], fileName(answer) ?? `audit.${wanted.format}`),
    rows: Number(found[1]),
  }
}
