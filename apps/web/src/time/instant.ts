import type { Instant } from '@holdpoint/protocol'

import { clockTime } from './format.ts'

const written =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?(Z|[+-]\d{2}:?\d{2})$/i

/** An instant as addresses have it, with its zone; null: it is none. Microseconds are kept. */
export function readInstant(text: string): Instant | null {
  // A plus that was not encoded arrives as a space.
  const instant = text.trim().replace(' ', '+')
  const parts = written.exec(instant)
  if (parts === null || Number.isNaN(Date.parse(instant))) return null
  const [, year, month, day, hour, minute, second = '00', fraction, zone = 'Z'] = parts
  // The 31st of a month of 30 days is taken for the 1st of the next.
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()
  if (Number(day) < 1 || Number(day) > days) return null
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase()
  const part = fraction === undefined ? '' : `.${fraction}`
  return `${year}-${month}-${day}T${hour}:${minute}:${second}${part}${offset}`
}

/** Milliseconds since 1970 as an instant. */
export const instantOfMs = (ms: number): Instant => new Date(Math.round(ms)).toISOString()

/** 03:12:07, 20 Nov; of another year with the year. */
export function thenWords(ms: number, now: number = Date.now()): string {
  const day = new Date(ms)
  const year = day.getFullYear() !== new Date(now).getFullYear()
  const date = day.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    ...(year && { year: 'numeric' }),
  })
  return `${clockTime(ms)}, ${date}`
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const unitMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}
const ago = /^-?\s*(\d{1,5})\s*(s|sec|seconds?|m|min|minutes?|h|hours?|d|days?)(?:\s+ago)?$/
const clock = /^(?:(.*?)[\s,]+)?(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,3}))?)?$/

/** The day that `words` name, as [year, month, day]; null: none. */
function dayOf(words: string, now: Date): Date | null {
  if (words === 'today') return now
  if (words === 'yesterday') return new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1)
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(words)
  if (iso !== null) return new Date(Number(iso[1]), Number(iso[2]) - 1, Number(iso[3]))
  const named = /^(\d{1,2})\.?\s+([a-z]{3})[a-z]*\.?(?:\s+(\d{4}))?$/.exec(words)
  const month = months.indexOf(named?.[2] ?? '')
  if (named === null || month < 0) return null
  const day = new Date(Number(named[3] ?? now.getFullYear()), month, Number(named[1]))
  // A day without its year is the last one there was.
  if (named[3] === undefined && day > now) day.setFullYear(day.getFullYear() - 1)
  return day.getMonth() === month ? day : null
}

/**
 * What a person types for an instant, in ms: `03:12`, `yesterday 03:12:07`, `20 Nov 03:12`, `2026-11-20 03:12`,
 * `15 min ago`, or as addresses have it. A time alone is the last one there was. Null: none of these.
 */
export function typedInstant(text: string, now: number): number | null {
  const words = text
    .trim()
    .toLowerCase()
    .replace(/^(\d{4}-\d{2}-\d{2})t/, '$1 ')
  const instant = readInstant(text.trim().toUpperCase())
  if (instant !== null) return Date.parse(instant)
  const back = ago.exec(words)
  if (back !== null) return now - Number(back[1]) * (unitMs[back[2]?.charAt(0) ?? ''] ?? 0)
  const time = clock.exec(words)
  if (time === null) return null
  const [hours = 0, minutes = 0, seconds = 0] = time.slice(2, 5).map((part) => Number(part ?? 0))
  if (hours > 23 || minutes > 59 || seconds > 59) return null
  const named = time[1] === undefined || time[1] === '' ? null : time[1]
  const day = named === null ? new Date(now) : dayOf(named, new Date(now))
  if (day === null) return null
  day.setHours(hours, minutes, seconds, Number((time[5] ?? '').padEnd(3, '0')))
  if (named === null && day.getTime() > now) day.setDate(day.getDate() - 1)
  return day.getTime()
}
