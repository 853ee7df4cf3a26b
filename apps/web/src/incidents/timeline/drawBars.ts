import type { RunState } from '@holdpoint/protocol'

import { visible } from '../../ui/visible.ts'
import { clearOf, markPlaces, type Stretch } from './clear.ts'
import { barHeight, rowHeight, type LaneBox } from './lanes.ts'
import { stateInk, type Palette } from './palette.ts'
import type { PictureLane, PlacedHold, PlacedTool } from './picture.ts'
import { xOf, type Span } from './span.ts'

/** Where a lane's part is drawn. */
export interface Field {
  readonly ink: CanvasRenderingContext2D
  readonly palette: Palette
  readonly view: Span
  /** Px of the whole view. */
  readonly width: number
  /** Px from the top of the canvas to the lane. */
  readonly top: number
  readonly box: LaneBox
  /** Where what goes on is drawn to (ms). */
  readonly until: number
}

/** Nothing is so short that it cannot be seen. */
const leastPx = 2
const crowdBar = 4
/** A tool narrower than this (px) has no name on it. */
const leastNamed = 38
const characterPx = 5.9

/** @returns null: outside of what is shown */
export function stretchOf(
  { view, width, until }: Pick<Field, 'view' | 'width' | 'until'>,
  item: Span,
): Stretch | null {
  const to = Math.min(item.to, until)
  if (item.from > view.to || to < view.from) return null
  const left = Math.max(-4, xOf(view, item.from, width))
  const right = Math.min(width + 4, xOf(view, Math.max(to, item.from), width))
  return { left, right: Math.max(right, left + leastPx) }
}

/** Px from the top of the lane to a run's bar, and how high the bar is. */
export function barOf(
  box: LaneBox,
  runId: string,
): { readonly y: number; readonly height: number } {
  const row = box.rows.of(runId)
  return row === null
    ? { y: (box.crowdTop ?? box.rowsTop) + 2, height: crowdBar }
    : { y: box.rowsTop + row * rowHeight + 2, height: barHeight }
}

/** Runs as bars in the hue of their state, holds and tools in them. */
export function drawBars(field: Field, lane: PictureLane): void {
  const { top, box } = field
  for (const each of lane.runs) {
    const stretch = stretchOf(field, each)
    if (stretch === null) continue
    const { y, height } = barOf(box, each.run.id)
    drawRun(field, each.run.state, stretch, top + y, height)
  }
  for (const hold of lane.holds) drawHold(field, hold)
  // Where tools say what a run does, they say it; elsewhere its goal does.
  const worded = new Set<string>()
  for (const tool of lane.tools ?? []) if (drawTool(field, tool)) worded.add(tool.tool.runId)
  const marks = markPlaces(lane.marks, field.view, field.width)
  for (const each of lane.runs) {
    const { id, goal } = each.run
    if (!worded.has(id)) drawWords(field, each, id, goal, marks.get(id))
  }
}

function drawRun(
  { ink, palette }: Field,
  state: RunState,
  { left, right }: Stretch,
  y: number,
  height: number,
): void {
  const { token, strength } = stateInk(state)
  const colour = palette.colours[token]
  ink.fillStyle = colour
  // Too narrow or too low for a body: the colour alone.
  if (right - left < 4 || height < barHeight) {
    ink.globalAlpha = Math.min(1, strength + 0.15)
    ink.fillRect(left, y, right - left, height)
    return
  }
  ink.globalAlpha = state === 'waiting' || state === 'killed' ? 0.1 : 0.12 + strength * 0.2
  ink.fillRect(left, y, right - left, height)
  ink.globalAlpha = Math.min(1, strength + 0.15)
  ink.fillRect(left, y + height - 2, right - left, 2)
  // As the marks of states: hollow, dashed, hatched.
  if (state === 'killed' || state === 'queued') {
    ink.strokeStyle = colour
    ink.lineWidth = 1
    ink.setLineDash(state === 'queued' ? [2, 3] : [])
    ink.strokeRect(left + 0.5, y + 0.5, right - left - 1, height - 1)
    ink.setLineDash([])
  }
  if (state === 'lost') hatch(ink, colour, { left, right }, y, height)
}

/** Lost is hatched: red alone already means failed. */
function hatch(
  ink: CanvasRenderingContext2D,
  colour: string,
  { left, right }: Stretch,
  y: number,
  height: number,
): void {
  ink.save()
  ink.beginPath()
  ink.rect(left, y, right - left, height)
  ink.clip()
  ink.strokeStyle = colour
  ink.globalAlpha = 0.55
  ink.lineWidth = 1
  ink.beginPath()
  for (let x = Math.floor(left / 5) * 5 - height; x < right; x += 5) {
    ink.moveTo(x, y + height)
    ink.lineTo(x + height, y)
  }
  ink.stroke()
  ink.restore()
}

function drawHold(field: Field, { from, to, hold }: PlacedHold): void {
  const stretch = stretchOf(field, { from, to })
  if (stretch === null) return
  const { ink, palette, top, box } = field
  const { y } = barOf(box, hold.runId)
  ink.globalAlpha = 0.9
  ink.fillStyle = palette.colours[hold.kind === 'approval' ? 'asking' : 'holding']
  ink.fillRect(stretch.left, top + y, stretch.right - stretch.left, 3)
}

/** A block with its name where there is room for it, else a part of a strip along the bar's foot. */
function drawTool(field: Field, placed: PlacedTool): boolean {
  const stretch = stretchOf(field, placed)
  if (stretch === null) return false
  const { ink, palette, top, box } = field
  const { runId, tool, target, outcome } = placed.tool
  const { y, height } = barOf(box, runId)
  if (height < barHeight) return false
  const bad = outcome === 'failed' || outcome === 'unknown'
  const wide = Math.max(1, stretch.right - stretch.left - 1)
  const low = wide < leastNamed
  ink.globalAlpha = (bad ? 0.45 : 0.16) + (low ? 0.25 : 0)
  ink.fillStyle = bad ? palette.colours.bad : palette.colours.text
  ink.fillRect(stretch.left, top + y + (low ? height - 5 : 3), wide, low ? 3 : height - 5)
  return !low && drawWords(field, placed, runId, target === null ? tool : `${tool} ${target}`)
}

/** @returns false: there is no room for any */
function drawWords(
  field: Field,
  item: Span,
  runId: string,
  words: string | null,
  marks: readonly number[] = [],
): boolean {
  if (words === null) return false
  const stretch = stretchOf(field, item)
  const { ink, palette, top, box } = field
  const { y, height } = barOf(box, runId)
  if (stretch === null || height < barHeight) return false
  const seen = { left: Math.max(0, stretch.left), right: Math.min(field.width, stretch.right) }
  const clear = clearOf(seen, marks)
  const left = clear.left + (clear.left === seen.left ? 5 : 2)
  const room = Math.floor((clear.right - left - 3) / characterPx)
  if (room < 5) return false
  const text = visible(words).replaceAll(/\s+/g, ' ')
  ink.globalAlpha = 1
  ink.fillStyle = palette.colours.text
  ink.font = `11px ${palette.sans}`
  ink.textBaseline = 'middle'
  ink.fillText(
    text.length > room ? `${text.slice(0, room - 1)}…` : text,
    left,
    top + y + height / 2,
  )
  return true
}
