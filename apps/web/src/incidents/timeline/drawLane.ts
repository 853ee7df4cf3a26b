import { placeOf } from './bars.ts'
import { drawBars, type Field } from './drawBars.ts'
import { drawGlyph } from './glyph.ts'
import { densityHeight } from './lanes.ts'
import { lookOf, type MarkLook } from './markLook.ts'
import { toneToken } from './palette.ts'
import type { Picture, PictureLane } from './picture.ts'
import { xOf } from './span.ts'

const glyphPx = 12

/** What a lane has in a stretch that one picture shows. */
export function drawLanePart(field: Field, picture: Picture, most: number): void {
  const lane = picture.lanes.get(field.box.agentId)
  if (lane === undefined) return
  drawDensity(field, picture, lane, most)
  drawBars(field, lane)
  drawMarks(field, lane)
}

/** How much happened when: by the root, so that beside a burst of a thousand ten are still seen. */
function drawDensity(
  { ink, palette, view, width, top }: Field,
  { bucketsFrom, everyMs }: Picture,
  { events, stops }: PictureLane,
  most: number,
): void {
  if (most === 0) return
  const bottom = top + 5 + densityHeight
  const px = (everyMs / (view.to - view.from)) * width
  const first = Math.max(0, Math.floor((view.from - bucketsFrom) / everyMs))
  const last = Math.min(events.length, Math.ceil((view.to - bucketsFrom) / everyMs))
  const columns = (counts: readonly number[]): void => {
    ink.beginPath()
    for (let nth = first; nth < last; nth += 1) {
      const count = counts[nth] ?? 0
      if (count === 0) continue
      const height = Math.max(1, Math.sqrt(count / most) * densityHeight)
      const left = xOf(view, bucketsFrom + nth * everyMs, width)
      ink.rect(left, bottom - height, Math.max(1, px - (px > 4 ? 1 : 0)), height)
    }
    ink.fill()
  }
  ink.globalAlpha = 0.5
  ink.fillStyle = palette.colours.muted
  columns(events)
  ink.globalAlpha = 1
  ink.fillStyle = palette.colours.bad
  columns(stops)
}

interface Drawn {
  readonly look: MarkLook
  readonly x: number
  readonly y: number
}

/** Marks over their run's bar, acts over the bars. Of those in one place, the gravest is drawn. */
function drawMarks(field: Field, { marks, acts }: PictureLane): void {
  const { view, ink, palette, top } = field
  const places = new Map<string, Drawn>()
  for (const each of [...acts, ...marks]) {
    if (each.at < view.from || each.at > view.to) continue
    const drawn = { look: lookOf(each), ...placeOf(field, each) }
    const place = `${Math.round(drawn.x / (glyphPx - 2))} ${drawn.y}`
    const other = places.get(place)
    if (other === undefined || other.look.rank <= drawn.look.rank) places.set(place, drawn)
  }
  ink.globalAlpha = 1
  const graver = [...places.values()].toSorted((a, b) => a.look.rank - b.look.rank)
  for (const { look, x, y } of graver) {
    drawGlyph(ink, look.shape, {
      x,
      y: top + y,
      size: glyphPx,
      colour: palette.colours[look.tone === 'quiet' ? 'text' : toneToken[look.tone]],
      ground: palette.colours.bg,
    })
  }
}
