import type { Scene } from './scene.ts'
import { xOf, type Span } from './span.ts'

export const stripHeight = 36

/** Events over the whole window, and those that stopped a run. */
export interface Bars {
  readonly from: number
  readonly everyMs: number
  readonly counts: readonly number[]
  readonly stops: readonly number[]
}

/** The whole window in one line, and what of it is shown; `dragged` is being chosen. */
export function drawStrip(
  ink: CanvasRenderingContext2D,
  { palette, view, look }: Scene,
  bars: Bars | null,
  dragged: Span | null,
  width: number,
): void {
  if (palette === null || view === null || look === null) return
  const { window, begins } = look
  if (begins !== null && begins > window.from) {
    ink.fillStyle = palette.colours.raised
    ink.fillRect(0, 0, Math.min(width, xOf(window, begins, width)), stripHeight)
  }
  if (bars !== null) {
    const most = Math.max(1, ...bars.counts)
    const columns = (counts: readonly number[], colour: string, least: number) => {
      const px = (bars.everyMs / (window.to - window.from)) * width
      ink.fillStyle = colour
      for (const [nth, count] of counts.entries()) {
        if (count === 0) continue
        const height = Math.max(least, Math.sqrt(count / most) * (stripHeight - 6))
        const left = xOf(window, bars.from + nth * bars.everyMs, width)
        ink.fillRect(left, stripHeight - height, Math.max(1, px - (px > 4 ? 1 : 0)), height)
      }
    }
    ink.globalAlpha = 0.6
    columns(bars.counts, palette.colours.muted, 1)
    ink.globalAlpha = 1
    columns(bars.stops, palette.colours.bad, 3)
  }
  const chosen = dragged ?? view
  if (chosen.from <= window.from && chosen.to >= window.to) return
  const [left, right] = [xOf(window, chosen.from, width), xOf(window, chosen.to, width)]
  ink.fillStyle = palette.colours.bg
  ink.globalAlpha = 0.7
  ink.fillRect(0, 0, left, stripHeight)
  ink.fillRect(right, 0, width - right, stripHeight)
  ink.globalAlpha = 1
  ink.fillStyle = palette.colours.accent
  ink.fillRect(left - 1, 0, 1.5, stripHeight)
  ink.fillRect(Math.max(right, left + 2), 0, 1.5, stripHeight)
}
