import { barOf, stretchOf, type Field } from './drawBars.ts'
import { placeOf } from './drawLane.ts'
import type { Item } from './items.ts'
import { markLook } from './markLook.ts'
import type { PictureLane } from './picture.ts'

/** A mark is taken from so far away (px); a finger is wider than its point. */
const reachPx = { mouse: 7, touch: 18 } as const
export type Pointing = keyof typeof reachPx

type Place = Pick<Field, 'view' | 'width' | 'box' | 'until'>

/** What lies under a point of a lane: a mark before a tool, a tool before a hold, a hold before its run. */
export function itemAt(
  place: Place,
  lane: PictureLane,
  point: { readonly x: number; readonly y: number },
  by: Pointing,
): Item | null {
  const reach = reachPx[by]
  return markAt(place, lane, point, reach) ?? barAt(place, lane, point, reach)
}

function markAt(
  place: Place,
  { marks }: PictureLane,
  { x, y }: { readonly x: number; readonly y: number },
  reach: number,
): Item | null {
  const near = marks
    .map((each) => ({ each, at: placeOf(place, each) }))
    .filter(({ at }) => Math.abs(at.x - x) <= reach && Math.abs(at.y - y) <= reach + 3)
    .toSorted(
      (a, b) =>
        markLook(b.each.mark).rank - markLook(a.each.mark).rank ||
        Math.abs(a.at.x - x) - Math.abs(b.at.x - x),
    )[0]
  return near === undefined ? null : { ...near.each, kind: 'mark' }
}

function barAt(
  place: Place,
  { runs, holds, tools }: PictureLane,
  { x, y }: { readonly x: number; readonly y: number },
  reach: number,
): Item | null {
  const inBar = (runId: string, span: { from: number; to: number }, slack: number): boolean => {
    const bar = barOf(place.box, runId)
    if (y < bar.y - 2 || y > bar.y + bar.height + 2) return false
    const stretch = stretchOf(place, span)
    return stretch !== null && x >= stretch.left - slack && x <= stretch.right + slack
  }
  const tool = (tools ?? []).findLast((each) => inBar(each.tool.runId, each, 1))
  if (tool !== undefined) return { ...tool, kind: 'tool' }
  const hold = holds.findLast(
    (each) => inBar(each.hold.runId, each, 1) && y <= barOf(place.box, each.hold.runId).y + 4,
  )
  if (hold !== undefined) return { ...hold, kind: 'hold' }
  const run =
    runs.findLast((each) => inBar(each.run.id, each, 1)) ??
    runs.findLast((each) => inBar(each.run.id, each, reach))
  return run === undefined ? null : { ...run, kind: 'run' }
}
