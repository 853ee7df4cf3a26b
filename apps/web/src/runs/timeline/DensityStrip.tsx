import { useMemo, useRef, useState, type PointerEvent } from 'react'

import type { RunHistory } from '../history/runHistory'
import { idles } from '../history/scans'
import { axisOf, nameColumn, percentAt, timeAt, type Span } from './axis'
import { densityOf, outline } from './density'
import { GoTo } from './GoTo'
import { idleFill } from './idleWords'

interface DensityStripProps {
  readonly history: RunHistory
  readonly whole: Span
  /** What the waterfall shows; null: all of it. */
  readonly shown: Span | null
  readonly choose: (span: Span) => void
  readonly goTo: (at: number) => void
  /** @returns false when the words name no place */
  readonly seek: (words: string) => boolean
}

/** Columns across the strip. */
const parts = 240
/** Pressed and let go within this many px is a click. */
const clickPx = 4

/** The whole run in one line: how much happened when, and what of it was bad. Drag to zoom, click to go there. */
export function DensityStrip({ history, whole, shown, choose, goTo, seek }: DensityStripProps) {
  'use no memo' // The history changes without becoming another object.
  const { columns } = history
  const idle = idles(columns)
  const { version } = columns
  const { from } = whole
  const to = calmEnd(whole)
  const axis = useMemo(() => axisOf({ from, to }, idle), [from, to, idle])
  // Counted anew when there is more, not when the pointer moves.
  const { all, bad } = useMemo(
    () => densityOf(columns, axis, parts),
    // oxlint-disable-next-line react/exhaustive-deps
    [columns, version, axis],
  )
  const most = Math.max(...all)
  const { box, drag, handlers } = useBrush((from, to, clicked) => {
    if (clicked) goTo(timeAt(axis, from))
    else choose({ from: timeAt(axis, from), to: timeAt(axis, to) })
  })
  const window =
    drag ??
    (shown === null ? null : { from: percentAt(axis, shown.from), to: percentAt(axis, shown.to) })
  return (
    <div className="border-line flex h-9 shrink-0 items-stretch border-b">
      <div className={`${nameColumn} flex items-center gap-2 pr-3 pl-3`}>
        <span className="label grow truncate max-md:hidden">
          {columns.count.toLocaleString('en')} {columns.count === 1 ? 'event' : 'events'}
          {columns.known < 1 && `, ${Math.round(columns.known * 100)}% read`}
        </span>
        <GoTo seek={seek} />
      </div>
      <div
        ref={box}
        aria-label="The whole run: drag to zoom in, click to go there"
        role="img"
        className="relative mr-3 grow touch-none overflow-hidden"
        {...handlers}
      >
        {idle.map(({ standing, start, end }) => {
          const left = percentAt(axis, start)
          const width = percentAt(axis, end ?? whole.to) - left
          return width < 0.1 ? null : (
            <span
              key={start}
              className={`absolute inset-y-0 ${idleFill[standing]}`}
              style={{ left: `${left}%`, width: `${width}%` }}
            />
          )
        })}
        <svg
          aria-hidden
          viewBox={`0 0 ${parts} 100`}
          preserveAspectRatio="none"
          className="absolute inset-0 size-full pt-1"
        >
          <path d={outline(all, most)} className="fill-muted/60" />
          <path d={outline(bad, most)} className="fill-bad" />
        </svg>
        {axis.pieces.map(({ idle: broken, left, right, from }) =>
          broken === null ? null : (
            <span
              key={from}
              className="axis-break absolute inset-y-0 w-1.5 -translate-x-1/2"
              style={{ left: `${(left + right) / 2}%` }}
            />
          ),
        )}
        {window !== null && (
          <>
            <Shade from={0} to={window.from} />
            <Shade from={window.to} to={100} />
            <span
              className="border-accent absolute inset-y-0 min-w-1 border-x"
              style={{ left: `${window.from}%`, width: `${window.to - window.from}%` }}
            />
          </>
        )}
      </div>
    </div>
  )
}

/** The end, later by less than is seen: a run that goes on is counted anew as it grows, not with each tick of a clock. */
function calmEnd({ from, to }: Span): number {
  const grain = 2 ** Math.floor(Math.log2((to - from) / 2000))
  return from + Math.ceil((to - from) / grain) * grain
}

const Shade = ({ from, to }: { readonly from: number; readonly to: number }) => (
  <span
    className="bg-bg/70 absolute inset-y-0"
    style={{ left: `${from}%`, width: `${to - from}%` }}
  />
)

interface Drag {
  readonly from: number
  readonly to: number
}

/** A stretch of the width that is being dragged over, in percent. */
function useBrush(done: (from: number, to: number, clicked: boolean) => void) {
  const box = useRef<HTMLDivElement>(null)
  const [drag, setDrag] = useState<{ readonly start: number; readonly now: number } | null>(null)
  const percentOf = (event: PointerEvent): number => {
    const { left, width } = box.current?.getBoundingClientRect() ?? { left: 0, width: 1 }
    return Math.min(100, Math.max(0, ((event.clientX - left) / width) * 100))
  }
  const handlers = {
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0) return
      box.current?.setPointerCapture(event.pointerId)
      const at = percentOf(event)
      setDrag({ start: at, now: at })
    },
    onPointerMove: (event: PointerEvent) => {
      if (drag !== null) setDrag({ start: drag.start, now: percentOf(event) })
    },
    onPointerUp: (event: PointerEvent) => {
      if (drag === null) return
      setDrag(null)
      const now = percentOf(event)
      const width = box.current?.clientWidth ?? 1
      const clicked = (Math.abs(now - drag.start) / 100) * width < clickPx
      done(Math.min(drag.start, now), Math.max(drag.start, now), clicked)
    },
    onPointerCancel: () => setDrag(null),
  }
  const stretch: Drag | null =
    drag === null
      ? null
      : { from: Math.min(drag.start, drag.now), to: Math.max(drag.start, drag.now) }
  return { box, drag: stretch, handlers }
}
