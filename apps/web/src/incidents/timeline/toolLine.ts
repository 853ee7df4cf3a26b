import { isNamed } from './bars.ts'
import type { Picture } from './picture.ts'
import { lengthOf, xOf, type Span } from './span.ts'

/** Px that lanes have, about: whether a line has its place must not depend on the window's edge. */
const aboutPx = 1000

/** Somewhere in what was read a tool is wide enough to have its name on it. */
function hasNamedTool(picture: Picture, view: Span): boolean {
  const x = (at: number) => xOf(view, Math.min(Math.max(at, picture.from), picture.to), aboutPx)
  return [...picture.lanes.values()].some(({ stretches }) =>
    stretches?.some(
      ({ stretch, from, to }) => stretch.of === 'tool' && isNamed({ left: x(from), right: x(to) }),
    ),
  )
}

/**
 * Whether rows have a line for tools. It comes as soon as one can be named, and stays while the zoom stays about as it
 * is: lanes must not grow and shrink while they are moved.
 */
export class ToolLine {
  #on = false
  #level = Number.NaN

  decide(picture: Picture, view: Span): boolean {
    const level = Math.ceil(Math.log2(lengthOf(view)))
    if (hasNamedTool(picture, view)) this.#on = true
    else if (level !== this.#level) this.#on = false
    this.#level = level
    return this.#on
  }
}
