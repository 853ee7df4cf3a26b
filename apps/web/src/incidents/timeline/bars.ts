import type { Stretch } from './clear.ts'
import { barHeight, densityHeight, toolHeight, type LaneBox } from './lanes.ts'
import type { PlacedAct, PlacedMark, PlacedStretch } from './picture.ts'
import { xOf, type Span } from './span.ts'
import { wholeFleet } from './wholeFleet.ts'

/** Where in time and on the sheet a lane is drawn, and up to when (ms) what goes on is. */
export interface Ground {
  readonly view: Span
  /** Px of the whole view. */
  readonly width: number
  readonly box: LaneBox
  readonly until: number
}

/** Nothing is so short that it cannot be seen. */
const leastPx = 2
const crowdBar = 4
/** A step or a tool narrower than this (px) has no name on it. */
const leastNamed = 38

/** From the top of the lane (px). */
interface Band {
  readonly y: number
  readonly height: number
}

/** @returns null: outside of what is shown */
export function stretchOf({ view, width, until }: Omit<Ground, 'box'>, item: Span): Stretch | null {
  const to = Math.min(item.to, until)
  if (item.from > view.to || to < view.from) return null
  const left = Math.max(-4, xOf(view, item.from, width))
  const right = Math.min(width + 4, xOf(view, Math.max(to, item.from), width))
  return { left, right: Math.max(right, left + leastPx) }
}

/** A run's bar. */
export function barOf(box: LaneBox, runId: string): Band {
  const row = box.rows.of(runId)
  return row === null
    ? { y: (box.crowdTop ?? box.rowsTop) + 2, height: crowdBar }
    : { y: box.rowsTop + row * box.rowHeight + 2, height: barHeight }
}

export const isNamed = ({ left, right }: Stretch): boolean => right - left >= leastNamed

/** Where a step or a tool is drawn: steps in the bar, tools on their line below it, or along its foot. */
export function bandOf(box: LaneBox, { stretch }: PlacedStretch): Band | null {
  const bar = barOf(box, stretch.runId)
  if (bar.height < barHeight) return null
  if (stretch.of === 'step') return bar
  return box.hasToolLine
    ? { y: bar.y + barHeight + 1, height: toolHeight - 2 }
    : { y: bar.y + barHeight - 5, height: 3 }
}

/** What is about an agent, and no run, lies over its bars, where how much happened is drawn. */
const middleOf = (box: LaneBox): number =>
  box.agentId === wholeFleet ? box.height / 2 : 5 + densityHeight / 2

/** Half a mark and its disc (px). */
export const markReach = 8

/** A mark of an instant at an edge of the view lies whole inside it. */
function markX(view: Span, at: number, width: number): number {
  const x = xOf(view, at, width)
  if (x < 0 || x > width) return x
  return Math.min(Math.max(x, markReach), width - markReach)
}

/** The middle of a mark, in px from the left of the view and from the top of the lane. */
export function placeOf(
  { view, width, box }: Pick<Ground, 'view' | 'width' | 'box'>,
  item: PlacedMark | PlacedAct,
): { readonly x: number; readonly y: number } {
  const { runId } = 'mark' in item ? item.mark : item.act
  const bar = runId === null ? null : barOf(box, runId)
  return {
    x: markX(view, item.at, width),
    y: bar === null ? middleOf(box) : bar.y + bar.height / 2,
  }
}
