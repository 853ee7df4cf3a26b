import { useRef, type PointerEvent } from 'react'

interface Fingered {
  /** What is drawn (ms). */
  readonly from: number
  readonly to: number
  /** Px beside it, within the element. */
  readonly left: number
  readonly right: number
  /** A stretch that a finger is over (ms), while it is; null: none any more. */
  readonly over: (ends: { readonly start: number; readonly now: number } | null) => void
  readonly choose: (from: number, to: number) => void
}

/** Moved by less than this (px) it was a press. */
const leastPx = 8

/**
 * A stretch of time that a finger drags over. By where it is: what a chart thinks is under a finger comes frames
 * later, when it may be lifted already.
 */
export function useFinger({ from, to, left, right, over, choose }: Fingered) {
  const begun = useRef<number | null>(null)
  const timeUnder = (event: PointerEvent<HTMLElement>, x: number): number => {
    const box = event.currentTarget.getBoundingClientRect()
    const part = (x - box.left - left) / Math.max(1, box.width - left - right)
    return from + Math.min(1, Math.max(0, part)) * (to - from)
  }
  const endsOf = (event: PointerEvent<HTMLElement>) => {
    if (begun.current === null || Math.abs(event.clientX - begun.current) < leastPx) return null
    return { start: timeUnder(event, begun.current), now: timeUnder(event, event.clientX) }
  }
  const leave = () => {
    begun.current = null
    over(null)
  }
  return {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      begun.current = event.pointerType === 'mouse' || !event.isPrimary ? null : event.clientX
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      const ends = endsOf(event)
      if (ends !== null) over(ends)
    },
    onPointerUp: (event: PointerEvent<HTMLElement>) => {
      const ends = endsOf(event)
      if (begun.current !== null) leave()
      if (ends !== null) choose(Math.min(ends.start, ends.now), Math.max(ends.start, ends.now))
    },
    onPointerCancel: leave,
  }
}
