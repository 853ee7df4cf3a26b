import { bandOf, barOf, isNamed, placeOf, stretchOf, type Ground } from './bars.ts'
import type { Item } from './items.ts'
import { barHeight } from './lanes.ts'
import { lookOf } from './markLook.ts'
import type { PictureLane, PlacedStretch } from './picture.ts'
import type { Span } from './span.ts'

/** A mark is taken from so far away (px); a finger is wider than its point. */
const reachPx = { mouse: 7, touch: 18 } as const
export type Pointing = keyof typeof reachPx

interface Point {
  readonly x: number
  readonly y: number
}

/**
 * What lies under a point of a lane: a mark before a tool, a tool before a hold, a hold before a step, a step before
 * its run.
 */
export function itemAt(ground: Ground, lane: PictureLane, point: Point, by: Pointing): Item | null {
  const reach = reachPx[by]
  return markAt(ground, lane, point, reach) ?? barAt(ground, lane, point, reach)
}

function markAt(
  ground: Ground,
  { marks, acts }: PictureLane,
  { x, y }: Point,
  reach: number,
): Item | null {
  const near = [
    ...marks.map((each) => ({ ...each, kind: 'mark' as const })),
    ...acts.map((each) => ({ ...each, kind: 'act' as const })),
  ]
    .map((item) => ({ item, at: placeOf(ground, item) }))
    .filter(({ at }) => Math.abs(at.x - x) <= reach && Math.abs(at.y - y) <= reach + 3)
    .toSorted(
      (a, b) =>
        lookOf(b.item).rank - lookOf(a.item).rank || Math.abs(a.at.x - x) - Math.abs(b.at.x - x),
    )[0]
  return near?.item ?? null
}

function barAt(
  ground: Ground,
  { runs, holds, stretches }: PictureLane,
  point: Point,
  reach: number,
): Item | null {
  const inBar = (runId: string, span: Span, slack: number): boolean =>
    isWithin(barOf(ground.box, runId), point.y) && covers(ground, span, point.x, slack)
  const on = (of: 'step' | 'tool') =>
    stretches?.findLast((each) => each.stretch.of === of && isOn(ground, each, point))
  const tool = on('tool')
  if (tool !== undefined) return { ...tool, kind: 'stretch' }
  const hold = holds.findLast(
    (each) =>
      inBar(each.hold.runId, each, 1) && point.y <= barOf(ground.box, each.hold.runId).y + 4,
  )
  if (hold !== undefined) return { ...hold, kind: 'hold' }
  const step = on('step')
  if (step !== undefined) return { ...step, kind: 'stretch' }
  const run =
    runs.findLast((each) => inBar(each.run.id, each, 1)) ??
    runs.findLast((each) => inBar(each.run.id, each, reach))
  return run === undefined ? null : { ...run, kind: 'run' }
}

interface Band {
  readonly y: number
  readonly height: number
}

const isWithin = ({ y, height }: Band, at: number): boolean => at >= y - 2 && at <= y + height + 2

function covers(ground: Ground, span: Span, x: number, slack: number): boolean {
  const stretch = stretchOf(ground, span)
  return stretch !== null && x >= stretch.left - slack && x <= stretch.right + slack
}

/** A step is taken from its bar where it is drawn as a block; a tool from its line, or from the lower half of the bar. */
function isOn(ground: Ground, placed: PlacedStretch, { x, y }: Point): boolean {
  const { box } = ground
  const band = bandOf(box, placed)
  const stretch = stretchOf(ground, placed)
  if (band === null || stretch === null || !covers(ground, placed, x, 1)) return false
  const bar = barOf(box, placed.stretch.runId)
  if (placed.stretch.of === 'step')
    return isNamed(stretch) && y >= bar.y - 2 && y <= bar.y + barHeight
  return box.hasToolLine
    ? y > bar.y + barHeight && y <= band.y + band.height + 1
    : y > bar.y + barHeight / 2 && y <= bar.y + barHeight + 2
}
