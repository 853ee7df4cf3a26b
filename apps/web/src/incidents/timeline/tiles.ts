import { lengthOf, type Span } from './span.ts'

/** Stretches that a question is cut into, and the fewest. */
const mostBuckets = 1000

/** What is asked of the server: a stretch that more than covers what is shown, the same one for every view near it. */
export interface Tile extends Span {
  readonly key: string
  /** Stretches it is cut into. */
  readonly width: number
}

/**
 * The tile of a view. It is between two and four times as long and lies on a grid, so that moving a little and zooming
 * a little ask nothing new; where it would be longer than the window, it is the window.
 */
export function tileOf(view: Span, window: Span): Tile {
  const level = Math.ceil(Math.log2(lengthOf(view) * 2))
  const length = 2 ** level
  if (length >= lengthOf(window)) return { ...window, key: 'window', width: mostBuckets }
  const nth = Math.floor(view.from / (length / 2))
  const from = Math.max(window.from, nth * (length / 2))
  const to = Math.min(window.to, (nth + 2) * (length / 2))
  const width = Math.max(10, Math.round(((to - from) / length) * mostBuckets))
  return { from, to, key: `${level} ${nth}`, width }
}
