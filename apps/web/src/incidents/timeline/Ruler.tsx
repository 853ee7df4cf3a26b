import { useEffect, useRef } from 'react'

import { drawRuler, rulerHeight } from './drawRuler'
import { watchHands } from './gestures'
import { nameColumn } from './nameColumn'
import type { Scene } from './scene'
import { useDrawn } from './useDrawn'

interface RulerProps {
  readonly scene: Scene
  /** The stream is live: what goes on is shown as it is now. */
  readonly isLive: boolean
  readonly words: string
  /** The same for a phone, where the column of names is narrow. */
  readonly few: string
  readonly why?: string
}

/** Round instants above the lanes; dragged and wheeled as they are. */
export function Ruler({ scene, isLive, words, few, why }: RulerProps) {
  const field = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  useDrawn(scene, canvas, rulerHeight, (ink, width) => drawRuler(ink, scene, width, isLive))
  useEffect(() => {
    const element = field.current
    if (element === null) return
    return watchHands(element, null, {
      view: () => scene.view,
      choose: (span) => scene.choose(span),
    })
  }, [scene])
  return (
    <div className="border-line flex h-6 shrink-0 overflow-y-hidden border-b [scrollbar-gutter:stable]">
      <p
        title={why}
        className={`label border-line truncate border-r px-3 leading-6 max-md:px-2 ${nameColumn}`}
      >
        <span className="max-md:hidden">{words}</span>
        <span className="md:hidden">{few}</span>
      </p>
      <div ref={field} className="relative min-w-0 grow cursor-ew-resize touch-none">
        <canvas ref={canvas} aria-hidden className="absolute inset-0 size-full" />
      </div>
    </div>
  )
}
