import type { RunState } from '@holdpoint/protocol'

import { barOf, stretchOf, type Ground } from './bars.ts'
import { clearOf, markPlaces, type Stretch } from './clear.ts'
import { drawSteps, drawTools } from './drawStretches.ts'
import { drawText } from './drawText.ts'
import { barHeight } from './lanes.ts'
import { stateInk, type Palette } from './palette.ts'
import type { PictureLane, PlacedHold, PlacedRun } from './picture.ts'

/** Where a lane's part is drawn. */
export interface Field extends Ground {
  readonly ink: CanvasRenderingContext2D
  readonly palette: Palette
  /** Px from the top of the canvas to the lane. */
  readonly top: number
}

/** Runs as bars in the hue of their state, holds and steps in them, tools below. */
export function drawBars(field: Field, lane: PictureLane): void {
  const { top, box } = field
  for (const each of lane.runs) {
    const stretch = stretchOf(field, each)
    if (stretch === null) continue
    const { y, height } = barOf(box, each.run.id)
    drawRun(field, each.run.state, stretch, top + y, height)
  }
  const marks = markPlaces(lane.marks, field.view, field.width)
  drawTools(field, lane)
  for (const hold of lane.holds) drawHold(field, hold)
  const worded = drawSteps(field, lane, marks)
  // Where steps say what a run does, they say it; elsewhere its goal does.
  for (const each of lane.runs)
    if (!worded.has(each.run.id)) drawGoal(field, each, marks.get(each.run.id))
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

function drawGoal(
  field: Field,
  placed: PlacedRun,
  marks: readonly number[] | undefined = [],
): void {
  const { goal, id } = placed.run
  const stretch = stretchOf(field, placed)
  const { y, height } = barOf(field.box, id)
  if (goal === null || stretch === null || height < barHeight) return
  const seen = { left: Math.max(0, stretch.left), right: Math.min(field.width, stretch.right) }
  drawText(field, goal, { within: seen, clear: clearOf(seen, marks), y: y + height / 2 })
}
