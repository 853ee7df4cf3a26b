import type { EventColumns } from '../history/eventColumns.ts'
import { seqAtOrAfter } from '../history/scans.ts'

/**
 * The event that a person means: `25000` or `#25,000` by its number, `03:12` or `03:12:07.5` by the clock of
 * the reader, on the run's latest day that has it, or an instant with a date. Null: it is none of these.
 */
export function placeOf(text: string, columns: EventColumns): number | null {
  if (columns.count === 0) return null
  const number = /^#?(\d[\d, ]*)$/.exec(text.trim())
  const seq =
    number === null ? ofTime(text.trim(), columns) : Number(number[1]?.replaceAll(/\D/g, ''))
  return seq === null ? null : Math.min(columns.count, Math.max(1, seq))
}

const clock = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,3}))?)?$/

function ofTime(text: string, columns: EventColumns): number | null {
  const time = clock.exec(text)
  if (time === null) {
    const at = Date.parse(text)
    return Number.isNaN(at) ? null : seqAtOrAfter(columns, at * 1000)
  }
  const [hours = 0, minutes = 0, seconds = 0] = time.slice(1, 4).map(Number)
  if (hours > 23 || minutes > 59 || seconds > 59) return null
  const first = (columns.micros(1) ?? 0) / 1000
  const last = (columns.micros(columns.count) ?? 0) / 1000
  const day = new Date(last)
  day.setHours(hours, minutes, seconds || 0, Number((time[4] ?? '').padEnd(3, '0')))
  if (day.getTime() > last && last - first > 0) {
    const before = new Date(day)
    before.setDate(day.getDate() - 1)
    if (before.getTime() >= first - 86_400_000) day.setTime(before.getTime())
  }
  return seqAtOrAfter(columns, day.getTime() * 1000)
}
