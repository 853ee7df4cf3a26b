import type { Density } from '@holdpoint/protocol'
import { useEffect, useEffectEvent, useRef, useState, type PointerEvent } from 'react'

import { outline } from '../runs/timeline/density'
import { instantOfMs, thenWords } from '../time/instant'
import { Handle } from './Handle'
import { held } from './held'
import { stepMs, type Steps } from './useSteps'
import { msAt, percentIn, ticksOf, type Window } from './window'

interface StripProps {
  readonly window: Window
  readonly density: Density | null
  readonly at: number
  readonly since: number | null
  readonly begins: number | null
  readonly now: number
  readonly steps: Steps
  readonly setSince: (ms: number) => void
  readonly zoom: (factor: number, part: number) => void
  /** By a part of the width. */
  readonly move: (by: number) => void
}

/** A press so near (px) to the handle of the earlier instant takes that one. */
const nearPx = 10

/** Events and stops over time under a handle: drag, press, wheel, keys. */
export function Strip(props: StripProps) {
  const { window, density, at, since, begins, now, steps } = props
  const { box, handlers, sinceDrag } = useDrag(props)
  useWheel(box, props)
  const shownSince = sinceDrag ?? since
  const left = (ms: number) => `${percentIn(window, ms)}%`
  return (
    <div className="relative px-3 pb-1">
      <div
        ref={box}
        role="group"
        aria-label="Events over time: drag to look at another moment"
        className="relative h-10 cursor-ew-resize touch-none overflow-hidden select-none"
        {...handlers}
      >
        {begins !== null && begins > window.from && (
          <Bound title="The history begins" from={0} to={percentIn(window, begins)} />
        )}
        {now < window.to && <Bound title="Now" from={percentIn(window, now)} to={100} />}
        {shownSince !== null && (
          <span
            aria-hidden
            className="bg-selected absolute inset-y-0"
            style={{
              left: left(Math.min(shownSince, at)),
              width: `${Math.abs(percentIn(window, at) - percentIn(window, shownSince))}%`,
            }}
          />
        )}
        {density !== null && <Bars density={density} window={window} />}
        {shownSince !== null && (
          <Handle
            word="Changes since"
            ms={shownSince}
            place={left(shownSince)}
            window={window}
            quiet
            keys={{
              arrowleft: () => props.setSince(shownSince - stepMs.minute),
              arrowright: () => props.setSince(Math.min(at, shownSince + stepMs.minute)),
            }}
          />
        )}
        <Handle
          word="Moment"
          ms={at}
          place={left(at)}
          window={window}
          keys={{
            arrowleft: () => steps.byEvent('before'),
            arrowright: () => steps.byEvent('after'),
            'shift+arrowleft': () => steps.byMs(-stepMs.minute),
            'shift+arrowright': () => steps.byMs(stepMs.minute),
            pagedown: () => steps.byMs(-stepMs.hour),
            pageup: () => steps.byMs(stepMs.hour),
            home: () => steps.toMs(window.from),
            end: () => steps.toMs(window.to),
          }}
        />
      </div>
      <Ticks window={window} begins={begins} />
    </div>
  )
}

function useDrag({ window, since, at, begins, now, steps, setSince }: StripProps) {
  const box = useRef<HTMLDivElement>(null)
  const [dragging, setDragging] = useState<'at' | 'since' | null>(null)
  const [sinceDrag, setSinceDrag] = useState<number | null>(null)
  const msUnder = (event: PointerEvent): number => {
    const { left, width } = box.current?.getBoundingClientRect() ?? { left: 0, width: 1 }
    const ms = msAt(window, (event.clientX - left) / width)
    return Math.max(begins ?? ms, Math.min(now, ms))
  }
  const nearSince = (event: PointerEvent): boolean => {
    const { left, width } = box.current?.getBoundingClientRect() ?? { left: 0, width: 1 }
    const px = (ms: number) =>
      Math.abs(left + (percentIn(window, ms) / 100) * width - event.clientX)
    return since !== null && px(since) < nearPx && px(since) < px(at)
  }
  const over = (event: PointerEvent, which: 'at' | 'since') => {
    if (which === 'at') held.set({ at: instantOfMs(msUnder(event)), dragging: true })
    else setSinceDrag(Math.min(at - 1000, msUnder(event)))
  }
  const handlers = {
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0) return
      box.current?.setPointerCapture(event.pointerId)
      const which = nearSince(event) ? 'since' : 'at'
      setDragging(which)
      over(event, which)
    },
    onPointerMove: (event: PointerEvent) => {
      if (dragging !== null) over(event, dragging)
    },
    onPointerUp: (event: PointerEvent) => {
      if (dragging === 'at') steps.toMs(msUnder(event))
      if (dragging === 'since') setSince(Math.min(at - 1000, msUnder(event)))
      setDragging(null)
      setSinceDrag(null)
    },
    onPointerCancel: () => {
      if (dragging === 'at') held.set(null)
      setDragging(null)
      setSinceDrag(null)
    },
  }
  return { box, handlers, sinceDrag }
}

/** The wheel zooms about the pointer; sideways, or with Shift, it moves. */
function useWheel(box: { readonly current: HTMLDivElement | null }, props: StripProps): void {
  const wheel = useEffectEvent((event: WheelEvent) => {
    event.preventDefault()
    const { left, width } = box.current?.getBoundingClientRect() ?? { left: 0, width: 1 }
    const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY))
      return props.move(sideways / width)
    const by = Math.max(-60, Math.min(60, event.deltaY))
    props.zoom(Math.exp(by / 200), (event.clientX - left) / width)
  })
  useEffect(() => {
    const element = box.current
    const onWheel = (event: WheelEvent) => wheel(event)
    // Not passive: the page would scroll.
    element?.addEventListener('wheel', onWheel, { passive: false })
    return () => element?.removeEventListener('wheel', onWheel)
  }, [box])
}

interface BarsProps {
  readonly density: Density
  readonly window: Window
}

/** Drawn at the place of its own time: while the window moves the bars move with it. */
function Bars({ density: { from, everyMs, counts, stops }, window }: BarsProps) {
  const start = Date.parse(from)
  const left = percentIn(window, start)
  const width = percentIn(window, start + counts.length * everyMs) - left
  const most = Math.max(...counts)
  return (
    <svg
      aria-hidden
      viewBox={`0 0 ${counts.length} 100`}
      preserveAspectRatio="none"
      className="absolute inset-y-0 h-full pt-1"
      style={{ left: `${left}%`, width: `${width}%` }}
    >
      <path d={outline(counts, most)} className="fill-muted/55" />
      <path d={outline(stops, most)} className="fill-bad" />
    </svg>
  )
}

interface BoundProps {
  readonly title: string
  readonly from: number
  readonly to: number
}

/** Where there is nothing to look at. */
const Bound = ({ title, from, to }: BoundProps) => (
  <span
    title={title}
    className="bg-raised border-line absolute inset-y-0 border-x"
    style={{ left: `${Math.max(0, from)}%`, width: `${Math.min(100, to) - Math.max(0, from)}%` }}
  />
)

interface TicksProps {
  readonly window: Window
  readonly begins: number | null
}

function Ticks({ window, begins }: TicksProps) {
  const bound = begins !== null && begins > window.from && begins < window.to ? begins : null
  const place = bound === null ? null : percentIn(window, bound)
  return (
    <div
      aria-hidden
      data-testid="times"
      className="border-line relative h-4.5 overflow-hidden border-t"
    >
      {ticksOf(window, 8)
        .map(({ at, word }) => ({ at, word, percent: percentIn(window, at) }))
        .filter(({ percent }) => place === null || percent > place)
        .map(({ at, word, percent }) => (
          <span
            key={at}
            className={`label absolute top-0 -translate-x-1/2 font-mono leading-4.5 whitespace-nowrap max-md:nth-[even]:hidden ${whereWhole(percent, place)}`}
            style={{ left: `${percent}%` }}
          >
            {word}
          </span>
        ))}
      {bound !== null && place !== null && (
        <span
          className="label absolute leading-4.5 whitespace-nowrap"
          style={isEarly(place) ? { left: `${place}%` } : { right: `${100 - place}%` }}
          title={thenWords(bound)}
        >
          begins {thenWords(bound)}
        </span>
      )}
    </div>
  )
}

/** The words of a bound stand on the side where there is room for them. */
const isEarly = (percent: number): boolean => percent < 50

/** Half the words of a time, and all those of a bound, in percent of the line: of a screen, and of a phone. */
const takes = { time: [2, 9], bound: [14, 55] } as const

/** A time is shown where it is whole: neither cut by an end of the line, nor under the words of the bound. */
function whereWhole(percent: number, bound: number | null): string {
  const isWhole = (size: 0 | 1): boolean =>
    percent >= takes.time[size] &&
    percent <= 100 - takes.time[size] &&
    (bound === null || !isEarly(bound) || percent >= bound + takes.bound[size])
  return isWhole(1) ? '' : isWhole(0) ? 'max-md:hidden' : 'hidden'
}
