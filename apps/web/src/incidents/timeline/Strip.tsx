import { useEffect, useEffectEvent, useRef, type RefObject } from 'react'

import { drawRuler, rulerHeight } from './drawRuler'
import { drawStrip, stripHeight, type Bars } from './drawStrip'
import { watchHands } from './gestures'
import { nameColumn } from './nameColumn'
import { onFrame, paint } from './paint'
import type { Scene } from './scene'
import { lengthOf, timeAt, type Span } from './span'

interface StripProps {
  readonly scene: Scene
  readonly bars: Bars | null
  readonly words: string
}

/** The whole window in one line: drag over it to zoom in, click to go there. */
export function Strip({ scene, bars, words }: StripProps) {
  const field = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const dragged = useRef<Span | null>(null)
  const draw = useEffectEvent((ink: CanvasRenderingContext2D, width: number) =>
    drawStrip(ink, scene, bars, dragged.current, width),
  )
  useDrawn(scene, canvas, stripHeight, draw, bars)
  useEffect(() => {
    const element = field.current
    if (element === null) return
    return watchBrush(element, scene, dragged)
  }, [scene])
  return (
    <div className="border-line flex h-9 shrink-0 border-b [scrollbar-gutter:stable] overflow-y-hidden">
      <p
        className={`label flex items-center truncate border-line border-r px-3 max-md:px-2 ${nameColumn}`}
      >
        {words}
      </p>
      <div
        ref={field}
        role="img"
        aria-label="Events over the whole window: drag to zoom in, click to go there"
        data-testid="strip"
        className="relative min-w-0 grow touch-none"
      >
        <canvas ref={canvas} aria-hidden className="absolute inset-0 size-full" />
      </div>
    </div>
  )
}

/** Round instants above the lanes. */
export function Ruler({ scene, isLive, words }: { scene: Scene; isLive: boolean; words: string }) {
  const field = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const draw = useEffectEvent((ink: CanvasRenderingContext2D, width: number) =>
    drawRuler(ink, scene, width, isLive),
  )
  useDrawn(scene, canvas, rulerHeight, draw, isLive)
  useEffect(() => {
    const element = field.current
    if (element === null) return
    return watchHands(element, null, {
      view: () => scene.view,
      choose: (span) => scene.choose(span),
      point: () => undefined,
      press: () => undefined,
    })
  }, [scene])
  return (
    <div className="border-line flex h-6 shrink-0 border-b [scrollbar-gutter:stable] overflow-y-hidden">
      <p className={`label truncate border-line border-r px-3 leading-6 max-md:px-2 ${nameColumn}`}>
        {words}
      </p>
      <div ref={field} className="relative min-w-0 grow cursor-ew-resize touch-none">
        <canvas ref={canvas} aria-hidden className="absolute inset-0 size-full" />
      </div>
    </div>
  )
}

function useDrawn(
  scene: Scene,
  canvas: RefObject<HTMLCanvasElement | null>,
  height: number,
  draw: (ink: CanvasRenderingContext2D, width: number) => void,
  data: unknown,
): void {
  const ask = useRef<() => void>(() => undefined)
  useEffect(() => {
    const sheet = canvas.current
    const around = sheet?.parentElement
    if (sheet === null || around === null || around === undefined) return
    const frame = onFrame(() => {
      const width = around.clientWidth
      paint(sheet, width, height, (ink) => draw(ink, width))
    })
    ask.current = frame.ask
    const resized = new ResizeObserver(frame.ask)
    resized.observe(around)
    const stop = scene.subscribe(frame.ask)
    frame.ask()
    return () => {
      stop()
      frame.stop()
      resized.disconnect()
    }
  }, [scene, canvas, height])
  useEffect(() => ask.current(), [data])
}

/** Pressed and let go within so many px is a click. */
const clickPx = 4

/** Drag over the strip chooses what is shown. @returns takes it off again */
function watchBrush(
  element: HTMLElement,
  scene: Scene,
  dragged: { current: Span | null },
): () => void {
  let start: number | null = null
  const timeOf = (event: PointerEvent): number | null => {
    const window = scene.look?.window
    if (window === undefined) return null
    const { left, width } = element.getBoundingClientRect()
    return timeAt(window, Math.min(width, Math.max(0, event.clientX - left)), width)
  }
  const onDown = (event: PointerEvent) => {
    if (event.button !== 0) return
    start = event.clientX
    element.setPointerCapture(event.pointerId)
  }
  const spanTo = (event: PointerEvent): Span | null => {
    const at = timeOf(event)
    const window = scene.look?.window
    if (start === null || at === null || window === undefined) return null
    const { left, width } = element.getBoundingClientRect()
    const began = timeAt(window, Math.min(width, Math.max(0, start - left)), width)
    return { from: Math.min(began, at), to: Math.max(began, at) }
  }
  const onMove = (event: PointerEvent) => {
    if (start === null || Math.abs(event.clientX - start) < clickPx) return
    dragged.current = spanTo(event)
    scene.point(null)
    scene.touch()
  }
  const onUp = (event: PointerEvent) => {
    const span = dragged.current
    const at = timeOf(event)
    const { view } = scene
    dragged.current = null
    if (start === null) return
    start = null
    if (event.type !== 'pointerup' || at === null || view === null) return
    const half = lengthOf(view) / 2
    scene.choose(span ?? { from: at - half, to: at + half })
  }
  const onWheel = (event: WheelEvent) => {
    event.preventDefault()
    const { left, width } = element.getBoundingClientRect()
    const window = scene.look?.window
    if (window === undefined) return
    const factor = Math.exp(Math.max(-60, Math.min(60, event.deltaY)) / 150)
    scene.scale(factor, timeAt(window, event.clientX - left, width))
  }
  element.addEventListener('pointerdown', onDown)
  element.addEventListener('pointermove', onMove)
  element.addEventListener('pointerup', onUp)
  element.addEventListener('pointercancel', onUp)
  element.addEventListener('wheel', onWheel, { passive: false })
  return () => {
    element.removeEventListener('pointerdown', onDown)
    element.removeEventListener('pointermove', onMove)
    element.removeEventListener('pointerup', onUp)
    element.removeEventListener('pointercancel', onUp)
    element.removeEventListener('wheel', onWheel)
  }
}
