import type { Pointing } from './hit.ts'
import { lengthOf, scaled, shifted, timeAt, type Span } from './span.ts'

/** What hands do to a field of time. Places are px from its left and top. */
export interface GestureTarget {
  readonly view: () => Span | null
  readonly choose: (span: Span) => void
  readonly point?: (place: Place | null, by: Pointing) => void
  readonly press?: (place: Place, by: Pointing) => void
}

export interface Place {
  readonly x: number
  readonly y: number
}

/** Where a finger is, and where it was put down (px). */
interface Finger {
  readonly start: number
  readonly x: number
}

/** Pressed and let go within so many px is a click. */
const clickPx = 4

const pointingOf = ({ pointerType }: PointerEvent): Pointing =>
  pointerType === 'mouse' ? 'mouse' : 'touch'

export function placeIn(field: HTMLElement, event: MouseEvent): Place {
  const { left, top } = field.getBoundingClientRect()
  return { x: event.clientX - left, y: event.clientY - top }
}

/** What is shown once fingers have moved: one moves it, two make it longer or shorter as well. */
export function spanUnder(begun: Span, fingers: readonly Finger[], width: number): Span {
  const [first, second = first] = fingers
  if (first === undefined || second === undefined || width === 0) return begun
  const apart = (a: number, b: number) => (first === second ? 1 : Math.max(12, Math.abs(a - b)))
  const factor = apart(first.start, second.start) / apart(first.x, second.x)
  const zoomed = scaled(begun, factor, timeAt(begun, (first.start + second.start) / 2, width))
  const px = (first.start + second.start - first.x - second.x) / 2
  return shifted(zoomed, (px / width) * lengthOf(zoomed))
}

/** Drag moves, two fingers zoom, a wheel zooms or moves. @returns takes it off again */
export function watchHands(
  field: HTMLElement,
  scroller: HTMLElement | null,
  target: GestureTarget,
): () => void {
  const off = [watchFingers(field, target), watchWheel(field, scroller, target)]
  return () => {
    for (const each of off) each()
  }
}

function watchFingers(field: HTMLElement, target: GestureTarget): () => void {
  const fingers = new Map<number, Finger>()
  let begun: Span | null = null
  let moved = false
  const begin = () => {
    begun = target.view()
    for (const [id, { x }] of fingers) fingers.set(id, { start: x, x })
  }
  const onDown = (event: PointerEvent) => {
    if (event.button !== 0) return
    const { x } = placeIn(field, event)
    fingers.set(event.pointerId, { start: x, x })
    moved = fingers.size > 1
    begin()
  }
  const onMove = (event: PointerEvent) => {
    const place = placeIn(field, event)
    const finger = fingers.get(event.pointerId)
    if (finger === undefined) return target.point?.(place, pointingOf(event))
    if (!moved && Math.abs(place.x - finger.start) < clickPx) return
    // Only what is a drag holds on to the pointer: a click stays one.
    if (!moved) field.setPointerCapture(event.pointerId)
    moved = true
    fingers.set(event.pointerId, { ...finger, x: place.x })
    target.point?.(null, pointingOf(event))
    if (begun !== null) target.choose(spanUnder(begun, [...fingers.values()], field.clientWidth))
  }
  const onUp = (event: PointerEvent) => {
    if (!fingers.delete(event.pointerId)) return
    const clicked = !moved && event.type === 'pointerup'
    begin()
    if (clicked) target.press?.(placeIn(field, event), pointingOf(event))
  }
  const onLeave = (event: PointerEvent) => target.point?.(null, pointingOf(event))
  return listen(field, {
    pointerdown: onDown,
    pointermove: onMove,
    pointerup: onUp,
    pointercancel: onUp,
    pointerleave: onLeave,
  })
}

/** How much longer or shorter a turn of the wheel makes what is shown. */
export const wheelFactor = ({ deltaY }: WheelEvent): number =>
  Math.exp(Math.max(-60, Math.min(60, deltaY)) / 150)

/** With Ctrl, or a pinch, it zooms about the pointer, sideways it moves; alone it zooms where nothing scrolls. */
function watchWheel(
  field: HTMLElement,
  scroller: HTMLElement | null,
  { view: viewOf, choose }: GestureTarget,
): () => void {
  const onWheel = (event: WheelEvent) => {
    const view = viewOf()
    const width = field.clientWidth
    if (view === null || width === 0) return
    const zooms = event.ctrlKey || event.metaKey
    const sideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)
    const scrolls = scroller !== null && scroller.scrollHeight > scroller.clientHeight + 1
    if (!zooms && !sideways && scrolls) return
    event.preventDefault()
    if (zooms || !sideways)
      return choose(scaled(view, wheelFactor(event), timeAt(view, placeIn(field, event).x, width)))
    const by = event.deltaX === 0 ? event.deltaY : event.deltaX
    choose(shifted(view, (by / width) * lengthOf(view)))
  }
  // Not passive: the browser would zoom the page.
  field.addEventListener('wheel', onWheel, { passive: false })
  return () => field.removeEventListener('wheel', onWheel)
}

type PointerHandlers = Readonly<Record<`pointer${string}`, (event: PointerEvent) => void>>

export function listen(element: HTMLElement, handlers: PointerHandlers): () => void {
  const all = Object.entries(handlers) as [string, EventListener][]
  for (const [name, handler] of all) element.addEventListener(name, handler)
  return () => {
    for (const [name, handler] of all) element.removeEventListener(name, handler)
  }
}
