import type { Kept } from './feed.ts'
import type { Picture } from './picture.ts'
import { lengthOf, type Span } from './span.ts'

/** A stretch of what is shown, and the picture that shows it. */
export interface Part extends Span {
  readonly picture: Picture
}

/**
 * What there is to show a view with: the picture of its own tile, or else the finest one that covers it; what that does
 * not reach is left to coarser ones, stretched, so that nothing goes blank while the next picture is on its way.
 */
export function partsOf(view: Span, own: string, kept: Iterable<Kept>): readonly Part[] {
  const all = [...kept]
  const shown = ({ picture }: Kept) =>
    Math.min(picture.to, view.to) - Math.max(picture.from, view.from)
  const useful = all.filter((each) => shown(each) > 0)
  const best = useful.toSorted(
    (a, b) =>
      Number(b.ask.key === own) - Number(a.ask.key === own) ||
      shown(b) - shown(a) ||
      lengthOf(a.picture) - lengthOf(b.picture),
  )[0]
  if (best === undefined) return []
  const { picture } = best
  const from = Math.max(picture.from, view.from)
  const to = Math.min(picture.to, view.to)
  const others = useful.filter((each) => each !== best)
  return [
    ...(from > view.from ? partsOf({ from: view.from, to: from }, '', others) : []),
    { from, to, picture },
    ...(to < view.to ? partsOf({ from: to, to: view.to }, '', others) : []),
  ]
}
