import { problem } from '../database/problem.ts'

const second = 1_000
const minute = 60 * second
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
 * Covers a window with at most `most` buckets, as short as may be.
 * @throws Problem BAD_REQUEST for a window of centuries
 */
export function bucketsOf(from: string, to: string, most: number): Buckets {
  // What is cut off below a millisecond cannot move a bucket's beginning; its end is rounded up.
  const [begin, end] = [Date.parse(from), Date.parse(to) + 1]
  for (const everyMs of lengths) {
    const fromMs = Math.floor(begin / everyMs) * everyMs
    const toMs = Math.ceil(end / everyMs) * everyMs
    const count = (toMs - fromMs) / everyMs
    if (count <= most) return { fromMs, toMs, everyMs, count }
  }
  throw problem('BAD_REQUEST', 'This window is too wide.', 'Choose a shorter time.')
}

export const iso = (ms: number): string => new Date(ms).toISOString()
