import { useEffect, useRef } from 'react'

import { watchBrush } from './brush'
import { drawStrip, stripHeight, type Bars } from './drawStrip'
import { nameColumn } from './nameColumn'
import type { Scene } from './scene'
import type { Span } from './span'
import { useDrawn } from './useDrawn'

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
  useDrawn(scene, canvas, stripHeight, (ink, width) =>
    drawStrip(ink, scene, bars, dragged.current, width),
  )
  useEffect(() => {
    const element = field.current
    if (element === null) return
    return watchBrush(element, scene, dragged)
  }, [scene])
  return (
    <div className="border-line flex h-9 shrink-0 overflow-y-hidden border-b [scrollbar-gutter:stable]">
      <p
        className={`label border-line flex items-center truncate border-r px-3 max-md:px-2 ${nameColumn}`}
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
