import { useEffect, useEffectEvent, useRef, type RefObject } from 'react'

import { onFrame, paint } from './paint'
import type { Scene } from './scene'

/** Draws a canvas as wide as what it lies in, again after each change of the scene, of its width, and each render. */
export function useDrawn(
  scene: Scene,
  canvas: RefObject<HTMLCanvasElement | null>,
  height: number,
  draw: (ink: CanvasRenderingContext2D, width: number) => void,
): void {
  const drawn = useEffectEvent(draw)
  const ask = useRef<() => void>(() => undefined)
  useEffect(() => {
    const sheet = canvas.current
    const around = sheet?.parentElement ?? null
    if (sheet === null || around === null) return
    const frame = onFrame(() => {
      const width = around.clientWidth
      paint(sheet, width, height, (ink) => drawn(ink, width))
    })
    ask.current = frame.ask
    const resized = new ResizeObserver(frame.ask)
    resized.observe(around)
    const stop = scene.subscribe(frame.ask)
    return () => {
      stop()
      frame.stop()
      resized.disconnect()
    }
  }, [scene, canvas, height])
  useEffect(() => ask.current())
}
