import { listen, placeIn, wheelFactor } from './gestures.ts'
import type { Scene } from './scene.ts'
import { lengthOf, timeAt, type Span } from './span.ts'

/** Pressed and let go within so many px is a click. */
const clickPx = 4

/** Drag over the whole window chooses what is shown, a click goes there, a wheel zooms. @returns takes it off again */
export function watchBrush(
  field: HTMLElement,
  scene: Scene,
  /** What is being chosen is put here, to be drawn. */
  dragged: { current: Span | null },
): () => void {
  let start: number | null = null
  const xOf = (event: MouseEvent): number =>
    Math.min(field.clientWidth, Math.max(0, placeIn(field, event).x))
  const instantAt = (x: number): number =>
    scene.look === null ? 0 : timeAt(scene.look.window, x, field.clientWidth)
  const onDown = (event: PointerEvent) => {
    if (event.button !== 0) return
    start = xOf(event)
    field.setPointerCapture(event.pointerId)
  }
  const onMove = (event: PointerEvent) => {
    const x = xOf(event)
    if (start === null || (dragged.current === null && Math.abs(x - start) < clickPx)) return
    dragged.current = { from: instantAt(Math.min(start, x)), to: instantAt(Math.max(start, x)) }
    scene.touch()
  }
  const onUp = (event: PointerEvent) => {
    const span = dragged.current
    const { view } = scene
    dragged.current = null
    if (start === null || view === null) return
    start = null
    if (event.type !== 'pointerup') return scene.touch()
    const at = instantAt(xOf(event))
    const half = lengthOf(view) / 2
    scene.choose(span ?? { from: at - half, to: at + half })
  }
  const onWheel = (event: WheelEvent) => {
    event.preventDefault()
    scene.scale(wheelFactor(event), instantAt(xOf(event)))
  }
  const off = listen(field, {
    pointerdown: onDown,
    pointermove: onMove,
    pointerup: onUp,
    pointercancel: onUp,
  })
  field.addEventListener('wheel', onWheel, { passive: false })
  return () => {
    off()
    field.removeEventListener('wheel', onWheel)
  }
}
