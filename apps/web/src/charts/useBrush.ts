import { useRef, useState, type PointerEvent } from 'react'

interface Brushed {
  /** What is drawn (ms). */
  readonly from: number
  readonly to: number
  /** Px beside it, within the element. */
  readonly left: number
  readonly right: number
  /** A press on an instant (ms). */
  readonly look: (at: number) => void
  /** A stretch that was dragged over (ms). */
  readonly choose: (from: number, to: number) => void
}

interface Stretch {
  readonly from: number
  readonly to: number
}

/** Moved by less than so many px it was a press. */
const leastPx = { mouse: 4, touch: 8 } as const

/**
 * A stretch of time that a mouse or a finger drags over, or one instant that it presses. By where it is: what a chart
 * thinks is there comes frames later, and is the nearest of its points, which in a gap is far away.
 */
export function useBrush({ from, to, left, right, look, choose }: Brushed) {
  const [brush, setBrush] = useState<Stretch | null>(null)
  const begun = useRef<number | null>(null)
  const timeUnder = ({ currentTarget }: PointerEvent<HTMLElement>, x: number): number => {
    const box = currentTarget.getBoundingClientRect()
    const part = (x - box.left - left) / Math.max(1, box.width - left - right)
    return from + Math.min(1, Math.max(0, part)) * (to - from)
  }
  /** Null: it is a press so far. */
  const stretchOf = (event: PointerEvent<HTMLElement>, start: number): Stretch | null => {
    const least = event.pointerType === 'mouse' ? leastPx.mouse : leastPx.touch
    if (Math.abs(event.clientX - start) < least) return null
    const ends = [timeUnder(event, start), timeUnder(event, event.clientX)] as const
    return { from: Math.min(...ends), to: Math.max(...ends) }
  }
  const leave = () => {
    begun.current = null
    setBrush(null)
  }
  const handlers = {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      begun.current = event.isPrimary && event.button === 0 ? event.clientX : null
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      if (begun.current !== null) setBrush(stretchOf(event, begun.current))
    },
    onPointerUp: (event: PointerEvent<HTMLElement>) => {
      const start = begun.current
      if (start === null) return
      leave()
      const stretch = stretchOf(event, start)
      if (stretch === null) look(timeUnder(event, event.clientX))
      else choose(stretch.from, stretch.to)
    },
    onPointerCancel: leave,
    onPointerLeave: leave,
  }
  return { brush, handlers }
}
