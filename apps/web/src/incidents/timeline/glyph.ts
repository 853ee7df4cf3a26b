import { markShapes, type MarkStroke } from '../../runs/markShapes.ts'
import type { GlyphShape } from './markLook.ts'

const own: Record<'person' | 'question' | 'clock', readonly MarkStroke[]> = {
  person: [
    { d: 'M7 7a2.4 2.4 0 1 0 0-4.8a2.4 2.4 0 0 0 0 4.8Z' },
    { d: 'M2.6 12.2a4.4 4.4 0 0 1 8.8 0Z' },
  ],
  question: [
    { d: 'M4.8 5a2.2 2.2 0 1 1 3.3 1.9c-.8.5-1.1.9-1.1 1.8', width: 1.7 },
    { d: 'M7 10.3a.95.95 0 1 0 0 1.9a.95.95 0 0 0 0-1.9Z' },
  ],
  clock: [
    { d: 'M2.7 7a4.3 4.3 0 1 0 8.6 0a4.3 4.3 0 1 0-8.6 0', width: 1.4 },
    { d: 'M7 4.6V7l1.8 1.2', width: 1.3 },
  ],
}

const paths = new Map<GlyphShape, readonly (MarkStroke & { readonly path: Path2D })[]>()

function pathsOf(shape: GlyphShape) {
  const known = paths.get(shape)
  if (known !== undefined) return known
  const strokes: readonly MarkStroke[] =
    shape === 'person' || shape === 'question' || shape === 'clock' ? own[shape] : markShapes[shape]
  const made = strokes.map((stroke) => ({ ...stroke, path: new Path2D(stroke.d) }))
  paths.set(shape, made)
  return made
}

const grid = 14

/** Draws a mark about a point, `size` px wide, on a disc that keeps it apart from what lies below. */
export function drawGlyph(
  ink: CanvasRenderingContext2D,
  shape: GlyphShape,
  { x, y, size, colour, ground }: GlyphPlace,
): void {
  ink.save()
  ink.translate(x - size / 2, y - size / 2)
  ink.scale(size / grid, size / grid)
  ink.fillStyle = ground
  ink.beginPath()
  ink.arc(grid / 2, grid / 2, grid / 2 + 0.8, 0, Math.PI * 2)
  ink.fill()
  ink.strokeStyle = colour
  ink.fillStyle = colour
  ink.lineCap = 'round'
  ink.lineJoin = 'round'
  for (const { path, width, dash } of pathsOf(shape)) {
    if (width === undefined) ink.fill(path)
    else {
      ink.lineWidth = width
      ink.setLineDash(dash === undefined ? [] : [...dash])
      ink.stroke(path)
    }
  }
  ink.restore()
}

interface GlyphPlace {
  readonly x: number
  readonly y: number
  readonly size: number
  readonly colour: string
  readonly ground: string
}
