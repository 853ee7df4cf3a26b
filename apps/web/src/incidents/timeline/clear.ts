import type { PlacedMark } from './picture.ts'
import { xOf, type Span } from './span.ts'

/** From where to where (px). */
export interface Stretch {
  readonly left: number
  readonly right: number
}

/** What a mark covers to either side (px). */
const halfMark = 8

/** The widest part of a stretch that no mark (px) covers: there words can be read. */
export function clearOf({ left, right }: Stretch, marks: readonly number[]): Stretch {
  let widest: Stretch = { left, right: left }
  let from = left
  const consider = (to: number) => {
    if (to - from > widest.right - widest.left) widest = { left: from, right: to }
  }
  for (const mark of marks.toSorted((a, b) => a - b)) {
    if (mark + halfMark < left || mark - halfMark > right) continue
    consider(mark - halfMark)
    from = Math.max(from, mark + halfMark)
  }
  consider(right)
  return widest
}

/** Where the marks of each run are drawn (px). */
export function markPlaces(
  marks: readonly PlacedMark[],
  view: Span,
  width: number,
): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>()
  for (const { at, mark } of marks) {
    const all = places.get(mark.runId)
    const x = xOf(view, at, width)
    if (all === undefined) places.set(mark.runId, [x])
    else all.push(x)
  }
  return places
}
