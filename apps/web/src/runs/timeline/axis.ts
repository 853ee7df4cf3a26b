import type { Zoom } from '../search.ts'

/** The column of names at the left of the bars. */
export const nameColumn = 'w-36 md:w-60 shrink-0'

export interface Span {
  readonly from: number
  readonly to: number
}

const zoomMs: Record<Zoom, number> = { fit: Number.POSITIVE_INFINITY, '10m': 600_000, '1m': 60_000 }

/** What the axis shows: everything since the first event, or the last minutes before `end`. */
export function shownSpan(first: number, end: number, zoom: Zoom): Span {
  const to = Math.max(end, first + 1000)
  return { from: Math.max(Math.min(first, to - 1000), to - zoomMs[zoom]), to }
}

const steps = [
  0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 43_200, 86_400,
]

/** The least of a pause that is drawn, in ms. */
const leastHeld = 5000

/** Where the axis ends. A pause goes on for hours: of that, no more is drawn than leaves room for the work. */
export const axisEnd = (first: number, now: number, pausedAt: number | null): number =>
  pausedAt === null ? now : Math.min(now, pausedAt + Math.max((pausedAt - first) / 4, leastHeld))

/** About `wanted` round instants inside the span. */
export function ticks({ from, to }: Span, wanted: number): readonly number[] {
  const rough = (to - from) / wanted
  const step =
    (steps.find((s) => s * 1000 >= rough) ?? Math.ceil(rough / 86_400_000) * 86_400) * 1000
  const all: number[] = []
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) all.push(at)
  return all
}

/** Where an instant lies, as a percentage of the span; outside it is clamped. */
export const percent = ({ from, to }: Span, at: number): number =>
  Math.min(100, Math.max(0, ((at - from) / (to - from)) * 100))
