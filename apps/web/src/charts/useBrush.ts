import { useRef, useState } from 'react'

interface Pointed {
  readonly activeLabel?: string | number | undefined
}

/** Shorter than this (ms) it was a click. */
const leastMs = 1000

const timeOf = ({ activeLabel }: Pointed): number | null => {
  const at = Number(activeLabel)
  return activeLabel === undefined || Number.isNaN(at) ? null : at
}

interface Brushed {
  /** A press on an instant (ms). */
  readonly look: (at: number) => void
  /** A stretch that was dragged over (ms). */
  readonly choose: (from: number, to: number) => void
}

/** A stretch of time that is dragged over in a chart, or one instant. Handlers are those that a chart calls. */
export function useBrush({ look, choose }: Brushed) {
  const [ends, setEnds] = useState<{ readonly start: number; readonly now: number } | null>(null)
  // A click comes after the drag that it belongs to, and is none.
  const dragged = useRef(false)
  const brush =
    ends === null || Math.abs(ends.now - ends.start) < leastMs
      ? null
      : { from: Math.min(ends.start, ends.now), to: Math.max(ends.start, ends.now) }
  const handlers = {
    onMouseDown: (pointed: Pointed) => {
      const at = timeOf(pointed)
      dragged.current = false
      setEnds(at === null ? null : { start: at, now: at })
    },
    onMouseMove: (pointed: Pointed) => {
      const at = timeOf(pointed)
      if (at !== null && ends !== null) setEnds({ ...ends, now: at })
    },
    onMouseUp: () => {
      setEnds(null)
      if (brush === null) return
      dragged.current = true
      choose(brush.from, brush.to)
    },
    onMouseLeave: () => setEnds(null),
    onClick: (pointed: Pointed) => {
      const at = timeOf(pointed)
      if (!dragged.current && at !== null) look(at)
    },
  }
  return { brush, handlers, setEnds }
}
