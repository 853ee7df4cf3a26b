import { clockTime, preciseTime } from '../../time/format.ts'
import { tickPx } from './drawLanes.ts'
import type { Scene } from './scene.ts'
import { lengthOf, xOf } from './span.ts'
import { ticksOf } from './ticks.ts'

export const rulerHeight = 24

/** Round instants, the instant under the pointer, and now. */
export function drawRuler(
  ink: CanvasRenderingContext2D,
  scene: Scene,
  width: number,
  isLive: boolean,
): void {
  const { palette, view, look, spot, zoom } = scene
  if (palette === null || view === null || look === null) return
  ink.font = `11px ${palette.mono}`
  ink.textBaseline = 'middle'
  const middle = rulerHeight / 2 + 0.5
  const ends = look.live && view.to >= look.window.to - 1
  const last =
    ends || zoom?.kind === 'last' ? (ends && isLive ? 'now' : `as of ${clockTime(view.to)}`) : null
  // Words that the last label would cut are left out.
  const room = last === null ? width : width - ink.measureText(last).width - 14
  for (const { at, words, strong } of ticksOf(view, width / tickPx)) {
    const x = Math.round(xOf(view, at, width))
    ink.fillStyle = palette.colours.line
    ink.fillRect(x, 0, 1, rulerHeight)
    ink.fillStyle = strong ? palette.colours.text : palette.colours.muted
    if (x + 5 + ink.measureText(words).width <= room) ink.fillText(words, x + 5, middle)
  }
  if (last !== null) label(last, width, palette.colours.text)
  if (spot === null) return
  const fine = lengthOf(view) < 120_000
  label(
    fine ? preciseTime(spot.at) : clockTime(spot.at),
    xOf(view, spot.at, width),
    palette.colours.text,
  )

  function label(text: string, x: number, colour: string): void {
    if (palette === null) return
    const wide = ink.measureText(text).width + 10
    const left = Math.min(width - wide, Math.max(0, x - wide / 2))
    ink.fillStyle = palette.colours.bg
    ink.fillRect(left - 4, 0, wide + 8, rulerHeight)
    ink.fillStyle = palette.colours.raised
    ink.fillRect(left, 3, wide, rulerHeight - 6)
    ink.fillStyle = colour
    ink.fillText(text, left + 5, middle)
  }
}
