import type { MarkShape } from './stateLook.ts'

/** A part of a mark, on a grid of 14. */
interface Stroke {
  readonly d: string
  /** Absent: it is filled. */
  readonly width?: number
  readonly dash?: readonly [number, number]
}

/** A circle about the middle. */
const ring = (r: number): string =>
  `M${7 - r} 7a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0-${2 * r} 0`

/** Each can be told apart without its colour. Drawn as SVG in lists, and on the canvas of a timeline. */
export const markShapes = {
  dot: [{ d: ring(4) }],
  'hollow-dot': [{ d: ring(3.5), width: 1.75 }],
  'half-dot': [{ d: ring(4), width: 1.5 }, { d: 'M7 3a4 4 0 0 1 0 8Z' }],
  ring: [{ d: ring(4.25), width: 1.25, dash: [1.5, 2.2] }],
  hand: [
    {
      d: 'M4 8V4.2a.9.9 0 0 1 1.8 0V6.5 M5.8 6.2V2.9a.9.9 0 0 1 1.8 0v3.3 M7.6 6.3V3.5a.9.9 0 0 1 1.8 0v3.2 M9.4 6.9V5.1a.85.85 0 0 1 1.7 0v3.4c0 2.4-1.5 4-3.8 4-1.6 0-2.6-.7-3.3-1.9L2.5 8.4a.85.85 0 0 1 1.4-.9L4 8',
      width: 1.3,
    },
  ],
  bars: [{ d: 'M5 3.5v7M9 3.5v7', width: 2.25 }],
  check: [{ d: 'M3 7.5 5.8 10.3 11 4.2', width: 1.75 }],
  cross: [{ d: 'm3.5 3.5 7 7m0-7-7 7', width: 2 }],
  square: [
    {
      d: 'M4.25 3.25h5.5a1 1 0 0 1 1 1v5.5a1 1 0 0 1-1 1h-5.5a1 1 0 0 1-1-1v-5.5a1 1 0 0 1 1-1Z',
      width: 1.6,
    },
  ],
  'broken-link': [
    {
      d: 'M6 4.2 7.3 2.9a2.4 2.4 0 0 1 3.4 3.4L9.6 7.4M8 9.8l-1.3 1.3a2.4 2.4 0 0 1-3.4-3.4l1.1-1.1',
      width: 1.6,
    },
    { d: 'M2.2 2.6 3.6 4M4.6 1.4v1.7M12 11.4l-1.5-1.3M9.5 12.7v-1.8', width: 1.2 },
  ],
} as const satisfies Record<MarkShape, readonly Stroke[]>

export type MarkStroke = Stroke
