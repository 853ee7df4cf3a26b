import type { HistoryWindow } from '@holdpoint/protocol'

import { clockTime, dateTime } from '../time/format.ts'

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** An instant on an axis that is so long. */
export function tick(ms: number, window: HistoryWindow): string {
  const time = clockTime(ms).slice(0, 5)
  return window === '7d' ? `${days[new Date(ms).getDay()] ?? ''} ${time}` : time
}

/** The same in full. */
export const instant = (ms: number): string => dateTime(ms).slice(0, -3)

/** A sample's instant in full: in an hour they are closer than minutes. */
export const sampled = (ms: number, window: HistoryWindow): string =>
  window === '1h' ? dateTime(ms) : instant(ms)

const hour = 3_600_000
const between: Record<HistoryWindow, number> = { '1h': hour / 6, '24h': 4 * hour, '7d': 24 * hour }

/** Round instants of the reader's own clock within the window. */
export function ticks(from: number, to: number, window: HistoryWindow): readonly number[] {
  const step = between[window]
  const zone = new Date(to).getTimezoneOffset() * 60_000
  const first = Math.ceil((from - zone) / step) * step + zone
  return Array.from({ length: Math.floor((to - first) / step) + 1 }, (_, nth) => first + nth * step)
}
