import { momentMs } from '../time/moment.ts'
import type { IncidentSearch } from './search.ts'
import type { Span } from './timeline/span.ts'

const hour = 3_600_000
/** Where nothing is chosen: so long until now, or since the history began if that is shorter. */
const usualMs = 24 * hour
const leastMs = 1000

export interface IncidentWindow {
  readonly span: Span
  /** Its end is now. */
  readonly live: boolean
  /** When the history begins (ms); null: there is none. */
  readonly begins: number | null
  readonly now: number
}

/** The window that an address means at an instant (ms), in a history that begins so. */
export function windowOf(
  { from, to }: IncidentSearch,
  now: number,
  beginning: string | null,
): IncidentWindow {
  const begins = beginning === null ? null : Date.parse(beginning)
  const end = Math.min(now, to === undefined ? now : momentMs(to, now))
  const usual = Math.max(end - usualMs, begins === null ? 0 : begins - (end - begins) * 0.02)
  const start = from === undefined ? usual : momentMs(from, now)
  return {
    span: { from: Math.min(start, end - leastMs), to: end },
    live: to === undefined,
    begins,
    now,
  }
}
