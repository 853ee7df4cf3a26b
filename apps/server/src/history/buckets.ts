import { problem } from '../database/problem.ts'

const second = 1_000
/** The shortest time for which events are counted ahead. */
export const minuteMs = 60 * second
const minute = minuteMs
const hour = 60 * minute
const day = 24 * hour

/** How long a bucket may be, in ms; a screen has at most so many of them. */
const lengths = [
  [1, 2, 5, 10, 20, 50, 100, 200, 500],
  [1, 2, 5, 10, 20, 30].map((n) => n * second),
  [1, 2, 5, 10, 20, 30].map((n) => n * minute),
  [1, 2, 3, 6, 12].map((n) => n * hour),
  [1, 7, 28, 91, 364].map((n) => n * day),
].flat()

export interface Buckets {
  /** In ms since 1970, whole multiples of `everyMs`. */
  readonly fromMs: number
  readonly toMs: number
  readonly everyMs: number
  readonly count: number
}

/**
 * Covers a window with at most `most` buckets, as short as may be but not shorter than `leastMs`.
 * @throws Problem BAD_REQUEST for a window of centuries
 */
export function bucketsOf(from: string, to: string, most: number, leastMs = 1): Buckets {
  const [begin, end] = [Date.parse(from), endOf(to)]
  for (const everyMs of lengths) {
    const fromMs = Math.floor(begin / everyMs) * everyMs
    const toMs = Math.ceil(end / everyMs) * everyMs
    const count = (toMs - fromMs) / everyMs
    if (everyMs >= leastMs && count <= most) return { fromMs, toMs, everyMs, count }
  }
  throw problem('BAD_REQUEST', 'This window is too wide.', 'Choose a shorter time.')
}

/** In ms, rounded up: what is cut off below a millisecond belongs to the window, too. */
export const endOf = (to: string): number => Date.parse(to) + (/\.\d{3}\d*[1-9]/.test(to) ? 1 : 0)

/** Grains in which events are counted ahead, in minutes: the coarsest of which buckets are made. */
export const grainOf = ({ everyMs }: Buckets): number =>
  [360, 60, 10].find((grain) => everyMs % (grain * minuteMs) === 0) ?? 1

export const iso = (ms: number): string => new Date(ms).toISOString()
