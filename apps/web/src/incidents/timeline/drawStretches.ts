import type { RunId } from '@holdpoint/protocol'

import { bandOf, isNamed, stretchOf } from './bars.ts'
import { clearOf, type Stretch } from './clear.ts'
import type { Field } from './drawBars.ts'
import { drawText } from './drawText.ts'
import type { PictureLane, PlacedStretch } from './picture.ts'

const isBad = ({ stretch: { outcome } }: PlacedStretch): boolean =>
  outcome === 'failed' || outcome === 'unknown'

const seenOf = ({ width }: Field, { left, right }: Stretch): Stretch => ({
  left: Math.max(0, left),
  right: Math.min(width, right),
})

/**
 * Steps as parts of their run's bar: each begins with a cut, and has its name where there is room for it. Of a run the
 * first that is named has what the run is for behind it.
 * @returns the runs that are worded by them
 */
export function drawSteps(
  field: Field,
  { stretches, runs }: PictureLane,
  marks: ReadonlyMap<string, readonly number[]>,
): ReadonlySet<string> {
  const goals = new Map(runs.map(({ run }) => [run.id, run.goal]))
  const worded = new Set<RunId>()
  const cuts = new Map<number, number>()
  for (const step of stretches ?? []) {
    const { of, runId, name } = step.stretch
    const stretch = stretchOf(field, step)
    const band = bandOf(field.box, step)
    if (of !== 'step' || stretch === null || band === null) continue
    drawStep(field, step, stretch, band, cuts)
    if (!isNamed(stretch)) continue
    const within = seenOf(field, stretch)
    const clear = clearOf(within, marks.get(runId) ?? [])
    const goal = worded.has(runId) ? null : (goals.get(runId) ?? null)
    const words = goal === null ? name : `${name} · ${goal}`
    if (drawText(field, words, { within, clear, y: band.y + band.height / 2 })) worded.add(runId)
  }
  return worded
}

type Band = NonNullable<ReturnType<typeof bandOf>>

/** Where steps are shorter than this (px), not each has a cut: a bar of nothing but cuts would have no colour. */
const leastApart = 4
const notch = 4

function drawStep(
  { ink, palette, top }: Field,
  step: PlacedStretch,
  stretch: Stretch,
  { y, height }: Band,
  cuts: Map<number, number>,
): void {
  const { left, right } = stretch
  if (isBad(step)) {
    ink.globalAlpha = 0.3
    ink.fillStyle = palette.colours.bad
    ink.fillRect(left, top + y, right - left, height)
  }
  if (left < 0 || left - (cuts.get(y) ?? -Infinity) < leastApart) return
  cuts.set(y, left)
  ink.globalAlpha = 1
  ink.fillStyle = palette.colours.bg
  // One that has no name is a notch: the run's own words may lie across it.
  ink.fillRect(Math.round(left) - 1, top + y, 1, isNamed(stretch) ? height : notch)
}

/** Tools as blocks on the line below their run's bar, or as parts of a strip along its foot. */
export function drawTools(field: Field, { stretches }: PictureLane): void {
  const { ink, palette, top, box } = field
  for (const tool of stretches ?? []) {
    const stretch = stretchOf(field, tool)
    const band = bandOf(box, tool)
    if (tool.stretch.of !== 'tool' || stretch === null || band === null) continue
    const bad = isBad(tool)
    ink.globalAlpha = (bad ? 0.45 : 0.16) + (isNamed(stretch) && box.hasToolLine ? 0 : 0.25)
    ink.fillStyle = bad ? palette.colours.bad : palette.colours.text
    const wide = Math.max(1, stretch.right - stretch.left - 1)
    ink.fillRect(stretch.left, top + band.y, wide, band.height)
    if (!box.hasToolLine || !isNamed(stretch)) continue
    const { name, target } = tool.stretch
    const within = seenOf(field, stretch)
    const y = band.y + band.height / 2 + 0.5
    const words = target === null ? name : `${name} ${target}`
    drawText(field, words, { within, clear: within, y, mono: true })
  }
}
