import { visible } from '../../ui/visible.ts'
import type { Stretch } from './clear.ts'
import type { Palette } from './palette.ts'

interface Sheet {
  readonly ink: CanvasRenderingContext2D
  readonly palette: Palette
  /** Px from the top of the canvas to the lane. */
  readonly top: number
}

interface Place {
  /** What is drawn of what the words are about. */
  readonly within: Stretch
  /** The part of it where words can be read. */
  readonly clear: Stretch
  /** Px from the top of the lane to their middle. */
  readonly y: number
  /** Names of tools are set as code is. */
  readonly mono?: boolean
}

/** Px of a letter, about. */
const letter = { sans: 5.9, mono: 6 } as const
const leastLetters = 5
const mostLetters = 1_000

/** As much of the words as there is room for. @returns false: there is no room for any */
export function drawText(
  { ink, palette, top }: Sheet,
  words: string,
  { within, clear, y, mono = false }: Place,
): boolean {
  // Drawn with each move: of a name without end only what could have room is looked at.
  const text = visible(words.slice(0, mostLetters)).replaceAll(/\s+/g, ' ')
  const left = clear.left + (clear.left === within.left ? 5 : 2)
  const room = Math.floor((clear.right - left - 3) / (mono ? letter.mono : letter.sans))
  if (room < Math.min(leastLetters, text.length)) return false
  ink.font = mono ? `10px ${palette.mono}` : `11px ${palette.sans}`
  ink.textBaseline = 'middle'
  const said = text.length > room ? `${text.slice(0, room - 1)}…` : text
  // Rimmed with the ground, so that no cut and no tool lies across the letters.
  ink.globalAlpha = 0.65
  ink.strokeStyle = palette.colours.bg
  ink.lineWidth = 3
  ink.lineJoin = 'round'
  ink.strokeText(said, left, top + y)
  ink.globalAlpha = 1
  ink.fillStyle = palette.colours.text
  ink.fillText(said, left, top + y)
  return true
}
