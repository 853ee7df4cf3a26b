import type { Idle } from '../history/scans.ts'

/** The column of names at the left of the bars. */
export const nameColumn = 'w-36 md:w-60 shrink-0'

/** Ms since 1970. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** A stretch of the axis. `idle` where it is shortened: there the axis is not to scale. */
interface Piece extends Span {
  /** Percent of the width. */
  readonly left: number
  readonly right: number
  readonly idle: Idle | null
}

/**
 * Time from left to right, to scale but for long idle times: a run that worked a minute and waited nine
 * hours is still to be read, and its wait is marked as shortened.
 */
export interface Axis {
  readonly span: Span
  readonly pieces: readonly Piece[]
}

/** Of the whole width, what idle time may take beside work. */
const idleShare = 1 / 3

export function axisOf(span: Span, idles: readonly Idle[]): Axis {
  const inside = idles
    .map((idle) => ({
      idle,
      from: Math.max(idle.start, span.from),
      to: Math.min(idle.end ?? span.to, span.to),
    }))
    .filter(({ from, to }) => to > from)
  const most = longestDrawn(
    inside.map(({ from, to }) => to - from),
    span.to - span.from,
  )
  const drawn: { from: number; to: number; size: number; idle: Idle | null }[] = []
  let at = span.from
  for (const { idle, from, to } of inside) {
    if (to - from <= most) continue
    if (from > at) drawn.push({ from: at, to: from, size: from - at, idle: null })
    drawn.push({ from, to, size: most, idle })
    at = to
  }
  if (span.to > at) drawn.push({ from: at, to: span.to, size: span.to - at, idle: null })
  const whole = drawn.reduce((sum, { size }) => sum + size, 0)
  let left = 0
  const pieces = drawn.map(({ from, to, size, idle }) => {
    const right = left + (size / whole) * 100
    const piece = { from, to, left, right, idle }
    left = right
    return piece
  })
  return { span, pieces }
}

/** The length (ms) to which longer idle times are cut, so that together they leave the work its room. */
function longestDrawn(lengths: readonly number[], whole: number): number {
  const idle = lengths.reduce((sum, length) => sum + length, 0)
  const room = (whole - idle) * idleShare
  // Nothing but waiting: there is no work to make room for.
  if (idle <= room || whole - idle <= 0) return Number.POSITIVE_INFINITY
  let left = room
  const ascending = lengths.toSorted((a, b) => a - b)
  for (const [n, length] of ascending.entries()) {
    const each = left / (ascending.length - n)
    if (length > each) return each
    left -= length
  }
  return Number.POSITIVE_INFINITY
}

/** Where an instant lies, in percent of the width; outside is clamped. */
export function percentAt({ pieces, span }: Axis, at: number): number {
  if (at <= span.from) return 0
  const piece = pieces.find(({ to }) => at <= to)
  if (piece === undefined) return 100
  const { from, to, left, right } = piece
  return left + ((at - from) / (to - from)) * (right - left)
}

/** The instant at a percentage of the width. */
export function timeAt({ pieces, span }: Axis, percent: number): number {
  const piece = pieces.find(({ right }) => percent <= right)
  if (percent <= 0 || piece === undefined) return percent <= 0 ? span.from : span.to
  const { from, to, left, right } = piece
  return from + ((percent - left) / (right - left)) * (to - from)
}

const steps = [
  0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 43_200, 86_400,
]

/** About `wanted` round instants where the axis is to scale. */
export function ticks({ pieces }: Axis, wanted: number): readonly number[] {
  const work = pieces.filter(({ idle }) => idle === null)
  const rough = work.reduce((sum, { from, to }) => sum + to - from, 0) / wanted
  const step =
    (steps.find((s) => s * 1000 >= rough) ?? Math.ceil(rough / 86_400_000) * 86_400) * 1000
  const all: number[] = []
  let free = 0
  for (const { from, to, left, right } of work) {
    for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
      const place = left + ((at - from) / (to - from)) * (right - left)
      if (place < free) continue
      all.push(at)
      // Two labels never share a place.
      free = place + 60 / wanted
    }
  }
  return all
}
