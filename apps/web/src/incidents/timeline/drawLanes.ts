import { bandOf, barOf, markReach, placeOf, stretchOf } from './bars.ts'
import type { Part } from './cover.ts'
import type { Field } from './drawBars.ts'
import { drawLanePart } from './drawLane.ts'
import type { Item } from './items.ts'
import type { LaneBox } from './lanes.ts'
import type { Palette } from './palette.ts'
import type { Scene } from './scene.ts'
import { lengthOf, xOf, type Span } from './span.ts'
import { ticksOf } from './ticks.ts'

interface Sheet {
  readonly width: number
  readonly height: number
  /** Px of the lanes above the canvas. */
  readonly top: number
}

/** About one tick in so many px. */
export const tickPx = 90

/** The lanes that lie on the canvas. */
export function drawLanes(ink: CanvasRenderingContext2D, scene: Scene, sheet: Sheet): void {
  const { palette, view, look, lanes } = scene
  if (palette === null || view === null || look === null) return
  const { width, height, top } = sheet
  drawGrid(ink, palette, view, sheet)
  const parts = scene.whereToLook()
  const until = Math.max(...parts.map(({ to }) => to))
  const boxes = lanes.boxes.filter((box) => box.top + box.height > top && box.top < top + height)
  for (const part of parts) {
    ink.save()
    // A mark of the last instant that is known is not cut by it.
    clip(ink, part, view, sheet, part.to === until ? markReach : 0)
    const most = mostEvents(part)
    for (const box of boxes)
      drawLanePart(fieldOf(ink, palette, view, width, box, part, top), part.picture, most)
    ink.restore()
  }
  for (const box of boxes) {
    ink.fillStyle = palette.colours.line
    ink.fillRect(0, box.top + box.height - top - 1, width, 1)
  }
  if (look.begins !== null) drawBefore(ink, palette, view, look.begins, sheet)
  drawCursor(ink, scene, parts, sheet)
  drawCross(ink, palette, scene, sheet)
}

const fieldOf = (
  ink: CanvasRenderingContext2D,
  palette: Palette,
  view: Span,
  width: number,
  box: LaneBox,
  { picture }: Part,
  top: number,
): Field => ({ ink, palette, view, width, box, top: box.top - top, until: picture.to })

function clip(
  ink: CanvasRenderingContext2D,
  part: Span,
  view: Span,
  { width, height }: Sheet,
  more: number,
): void {
  const left = xOf(view, part.from, width)
  ink.beginPath()
  ink.rect(left, 0, xOf(view, part.to, width) + more - left, height)
  ink.clip()
}

/** The fullest stretch of all lanes in view: they are drawn to one scale, so that they compare. */
function mostEvents({ picture, from, to }: Part): number {
  const first = Math.max(0, Math.floor((from - picture.bucketsFrom) / picture.everyMs))
  const last = Math.ceil((to - picture.bucketsFrom) / picture.everyMs)
  let most = 0
  for (const { events } of picture.lanes.values())
    for (let nth = first; nth < last; nth += 1) most = Math.max(most, events[nth] ?? 0)
  return most
}

function drawGrid(
  ink: CanvasRenderingContext2D,
  palette: Palette,
  view: Span,
  { width, height }: Sheet,
): void {
  ink.fillStyle = palette.colours.line
  for (const { at, strong } of ticksOf(view, width / tickPx)) {
    ink.globalAlpha = strong ? 1 : 0.5
    ink.fillRect(Math.round(xOf(view, at, width)), 0, 1, height)
  }
  ink.globalAlpha = 1
}

/** Time before the first event: nothing is known of it, which is not the same as nothing happened. */
function drawBefore(
  ink: CanvasRenderingContext2D,
  palette: Palette,
  view: Span,
  begins: number,
  { width, height }: Sheet,
): void {
  if (begins <= view.from) return
  ink.fillStyle = palette.colours.raised
  ink.globalAlpha = 0.6
  ink.fillRect(0, 0, Math.min(width, xOf(view, begins, width)), height)
  ink.globalAlpha = 1
}

/** The line under the pointer. */
function drawCross(
  ink: CanvasRenderingContext2D,
  palette: Palette,
  { spot, view }: Scene,
  { width, height }: Sheet,
): void {
  if (spot === null || view === null) return
  ink.fillStyle = palette.colours.muted
  ink.globalAlpha = 0.7
  ink.fillRect(Math.round(xOf(view, spot.at, width)), 0, 1, height)
  ink.globalAlpha = 1
}

function drawCursor(
  ink: CanvasRenderingContext2D,
  { palette, view, cursor, spot, lanes }: Scene,
  parts: readonly Part[],
  { width, top }: Sheet,
): void {
  if (palette === null || view === null) return
  const part = parts.toSorted((a, b) => lengthOf(b) - lengthOf(a))[0]
  const outline = (agentId: string, item: Item, colour: string) => {
    const box = lanes.boxes.find((each) => each.agentId === agentId)
    if (box === undefined || part === undefined) return
    const field = fieldOf(ink, palette, view, width, box, part, top)
    ink.strokeStyle = colour
    ink.lineWidth = 1.5
    const { x, y, w, h } = frameOf(field, item)
    ink.strokeRect(x, field.top + y, w, h)
  }
  if (spot?.item !== null && spot?.lane !== null && spot !== null)
    outline(spot.lane.agentId, spot.item, palette.colours.muted)
  if (cursor?.item !== null && cursor !== null)
    outline(cursor.agentId, cursor.item, palette.colours.accent)
}

function frameOf(field: Field, item: Item): { x: number; y: number; w: number; h: number } {
  if (item.kind === 'mark' || item.kind === 'act') {
    const { x, y } = placeOf(field, item)
    return { x: x - 9, y: y - 9, w: 18, h: 18 }
  }
  const { y, height } = bandOfItem(field, item)
  const { left, right } = stretchOf(field, item) ?? { left: -9, right: -9 }
  return { x: left - 1.5, y: y - 1.5, w: right - left + 3, h: height + 3 }
}

/** A tool on its line is framed there, all else with its run's bar. */
function bandOfItem({ box }: Field, item: Exclude<Item, { kind: 'mark' | 'act' }>) {
  switch (item.kind) {
    case 'run':
      return barOf(box, item.run.id)
    case 'hold':
      return barOf(box, item.hold.runId)
    case 'stretch':
      return (box.hasToolLine ? bandOf(box, item) : null) ?? barOf(box, item.stretch.runId)
  }
}
