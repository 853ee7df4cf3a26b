import type { Pointing } from './hit.ts'
import { lengthOf, scaled, shifted, timeAt, type Span } from './span.ts'

/** What hands do to a field of time that is `width` px wide. Places are px from its left and top. */
export interface GestureTarget {
  readonly view: () => Span | null
  readonly choose: (span: Span) => void
  readonly point: (place: Place | null, by: Pointing) => void
  readonly press: (place: Place, by: Pointing) => void
}

export interface Place {
  readonly x: number
  readonly y: number
}

interface Finger {
  readonly start: number
  x: number
}

/** Pressed and let go within so many px is a click. */
const clickPx = 4

const pointingOf = ({ pointerType }: PointerEvent): Pointing =>
  pointerType === 'mouse' ? 'mouse' : 'touch'

/** Drag moves, two fingers zoom, a wheel zooms or moves. @returns takes it off again */
export function watchHands(
  field: HTMLElement,
  scroller: HTMLElement | null,
  target: GestureTarget,
): () => void {
  const fingers = new Map<number, Finger>()
  let begun: Span | null = null
  let moved = false
  const placeOf = (event: MouseEvent): Place => {
    const { left, top } = field.getBoundingClientRect()
    return { x: event.clientX - left, y: event.clientY - top }
  }
  const begin = () => {
    begun = target.view()
    for (const [id, { x }] of fingers) fingers.set(id, { start: x, x })
  }
  const follow = () => {
    const [first, second] = [...fingers.values()]
    const width = field.clientWidth
    if (begun === null || first === undefined || width === 0) return
    if (second === undefined) {
      const ms = ((first.start - first.x) / width) * lengthOf(begun)
      return target.choose(shifted(begun, ms))
    }
    const apart = (a: number, b: number) => Math.max(12, Math.abs(a - b))
    const factor = apart(first.start, second.start) / apart(first.x, second.x)
    const about = timeAt(begun, (first.start + second.start) / 2, width)
    const zoomed = scaled(begun, factor, about)
    const by = ((first.start + second.start - first.x - second.x) / 2 / width) * lengthOf(zoomed)
    target.choose(shifted(zoomed, by))
  }

  const onDown = (event: PointerEvent) => {
    if (event.button !== 0) return
    const { x } = placeOf(event)
    fingers.set(event.pointerId, { start: x, x })
    moved = fingers.size > 1
    begin()
  }
  const onMove = (event: PointerEvent) => {
    const place = placeOf(event)
    const finger = fingers.get(event.pointerId)
    if (finger === undefined) return target.point(place, pointingOf(event))
    finger.x = place.x
    if (!moved && Math.abs(finger.x - finger.start) < clickPx) return
    // Only what is a drag holds on to the pointer: a click stays one.
    if (!moved) field.setPointerCapture(event.pointerId)
    moved = true
    target.point(null, pointingOf(event))
    follow()
  }
  const onUp = (event: PointerEvent) => {
    if (!fingers.delete(event.pointerId)) return
    if (!moved && event.type === 'pointerup') target.press(placeOf(event), pointingOf(event))
    begin()
  }
  const onLeave = (event: PointerEvent) => target.point(null, pointingOf(event))
  const onWheel = (event: WheelEvent) => {
    const view = target.view()
    const width = field.clientWidth
    if (view === null || width === 0) return
    const zooms = event.ctrlKey || event.metaKey
    const sideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)
    const scrolls = scroller !== null && scroller.scrollHeight > scroller.clientHeight + 1
    if (!zooms && !sideways && scrolls) return
    event.preventDefault()
    if (sideways && !zooms) {
      const by = event.deltaX === 0 ? event.deltaY : event.deltaX
      return target.choose(shifted(view, (by / width) * lengthOf(view)))
    }
    const factor = Math.exp(Math.max(-60, Math.min(60, event.deltaY)) / 150)
    target.choose(scaled(view, factor, timeAt(view, placeOf(event).x, width)))
  }

  field.addEventListener('pointerdown', onDown)
  field.addEventListener('pointermove', onMove)
  field.addEventListener('pointerup', onUp)
  field.addEventListener('pointercancel', onUp)
  field.addEventListener('pointerleave', onLeave)
  // Not passive: the browser would zoom the page.
  field.addEventListener('wheel', onWheel, { passive: false })
  return () => {
    field.removeEventListener('pointerdown', onDown)
    field.removeEventListener('pointermove', onMove)
    field.removeEventListener('pointerup', onUp)
    field.removeEventListener('pointercancel', onUp)
    field.removeEventListener('pointerleave', onLeave)
    field.removeEventListener('wheel', onWheel)
  }
}
