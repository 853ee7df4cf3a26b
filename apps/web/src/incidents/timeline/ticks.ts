import { clockTime, dateTime } from '../../time/format.ts'
import type { Span } from './span.ts'

const s = 1000
const m = 60 * s
const h = 60 * m
const d = 24 * h
const steps = [
  10,
  20,
  50,
  100,
  200,
  500,
  s,
  2 * s,
  5 * s,
  10 * s,
  15 * s,
  30 * s,
  m,
  2 * m,
  5 * m,
  10 * m,
  15 * m,
  30 * m,
  h,
  2 * h,
  3 * h,
  6 * h,
  12 * h,
  d,
  2 * d,
  7 * d,
  14 * d,
  28 * d,
]

export interface Tick {
  readonly at: number
  readonly words: string
  /** A new day begins: said in full. */
  readonly strong: boolean
}

/** In summer and winter alike: each tick is rounded by the zone of its own day. */
const zone = (ms: number): number => new Date(ms).getTimezoneOffset() * m

/** Round instants of the reader's own clock within a span, at most `most` of them. */
export function ticksOf({ from, to }: Span, most: number): readonly Tick[] {
  const rough = (to - from) / Math.max(1, most)
  const step = steps.find((each) => each >= rough) ?? Math.ceil(rough / (28 * d)) * 28 * d
  const ticks: Tick[] = []
  let at = Math.ceil((from - zone(from)) / step) * step + zone(from)
  for (; at <= to; at += step) {
    const place = step >= h ? at + zone(at) - zone(from) : at
    if (place >= from && place <= to) ticks.push(tickAt(place, step))
  }
  return ticks
}

function tickAt(at: number, step: number): Tick {
  const time = clockTime(at)
  const midnight = time === '00:00:00' && at % s === 0
  if (step >= d || (midnight && step >= m))
    return { at, words: dateTime(at).slice(0, -9), strong: true }
  const fraction = String(((at % s) + s) % s).padStart(3, '0')
  const words = step >= m ? time.slice(0, 5) : step >= s ? time : `${time.slice(3)}.${fraction}`
  return { at, words, strong: false }
}
