import { lengthOf, shifted, type Span } from './span.ts'

/** What is further behind (ms) is not shown as the end of what goes on. */
const mostBehind = 60_000

/**
 * A view of the last moments ends with what was read last: now is always a little further, and of a view that is short
 * nothing would be known yet.
 */
export function followed(view: Span, read: Iterable<Span>): Span {
  const latest = Math.max(...[...read].map(({ to }) => to))
  const behind = view.to - latest
  return behind > lengthOf(view) / 20 && behind < mostBehind ? shifted(view, -behind) : view
}
