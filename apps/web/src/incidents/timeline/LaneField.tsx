import { useEffect, useEffectEvent, useRef, type RefObject } from 'react'

import { drawLanes } from './drawLanes'
import { watchHands, type Place } from './gestures'
import { itemAt, type Pointing } from './hit'
import { HoverTip, tipPx } from './HoverTip'
import type { Item } from './items'
import { LaneNames } from './LaneNames'
import { nameColumn } from './nameColumn'
import { onFrame, paint } from './paint'
import type { Scene } from './scene'
import { timeAt } from './span'
import { useKeptPlace } from './useKeptPlace'
import { useSceneVersion } from './useSceneVersion'

/** Px drawn above and below what is seen, so that a scroll meets lanes and not emptiness. */
const beyond = 240

interface LaneFieldProps {
  readonly scene: Scene
  /** A click on something, or on nothing at an instant (ms) of it. */
  readonly press: (item: Item | null, at: number, by: Pointing) => void
  readonly pickAgent: (agentId: string) => void
}

/** The lanes: names at the left, time to the right of them. */
export function LaneField({ scene, press, pickAgent }: LaneFieldProps) {
  'use no memo' // The scene changes without becoming another object.
  useSceneVersion(scene)
  const scroller = useRef<HTMLDivElement>(null)
  const field = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  useKeptPlace(scene, scroller)
  useLaneCanvas(scene, scroller, canvas)
  const pressed = useEffectEvent(press)
  useEffect(() => {
    const element = field.current
    if (element === null) return
    return watchHands(element, scroller.current, {
      view: () => scene.view,
      choose: (span) => scene.choose(span),
      point: (place, by) =>
        scene.point(place === null || by === 'touch' ? null : spotAt(scene, element, place, by)),
      press: (place, by) => {
        const spot = spotAt(scene, element, place, by)
        if (spot === null) return
        if (spot.lane !== null) scene.setCursor({ agentId: spot.lane.agentId, item: spot.item })
        pressed(spot.item, spot.known, by)
      },
    })
  }, [scene])
  return (
    <div
      ref={scroller}
      data-scroller
      className="relative min-h-0 flex-1 max-md:flex-auto overflow-x-hidden overflow-y-auto [overflow-anchor:none] [scrollbar-gutter:stable]"
    >
      <div className="relative flex min-h-full" style={{ height: scene.lanes.height }}>
        <LaneNames scene={scene} pick={pickAgent} />
        <div
          ref={field}
          data-bars
          data-testid="lanes"
          className="relative min-w-0 grow cursor-crosshair touch-pan-y overflow-hidden"
        >
          <canvas ref={canvas} aria-hidden className="absolute left-0 size-full" />
          <HoverTip scene={scene} />
        </div>
      </div>
      {scene.whole !== undefined && scene.whole.moreLanes > 0 && (
        <p className={`label flex min-h-9 items-center px-3 ${nameColumn} w-full!`}>
          {scene.whole.moreLanes.toLocaleString('en')} more agents did less and stopped less: choose
          agents to see others.
        </p>
      )}
    </div>
  )
}

function spotAt(scene: Scene, element: HTMLElement, { x, y }: Place, by: Pointing) {
  const { view } = scene
  if (view === null) return null
  const width = element.clientWidth
  const at = timeAt(view, x, width)
  const lane = scene.lanes.at(y) ?? null
  const part = scene.whereToLook().find(({ from, to }) => at >= from && at <= to)
  const drawn = lane === null ? undefined : part?.picture.lanes.get(lane.agentId)
  const item =
    lane === null || part === undefined || drawn === undefined
      ? null
      : itemAt(
          { view, width, box: lane, until: part.picture.to },
          drawn,
          { x, y: y - lane.top },
          by,
        )
  const scroller = element.closest('[data-scroller]')
  const bottom = scroller === null ? 0 : scroller.scrollTop + scroller.clientHeight
  return {
    at,
    // Beyond what was read nothing can be looked at.
    known: Math.min(at, part?.picture.to ?? at),
    lane,
    item,
    run:
      item?.kind === 'stretch'
        ? (drawn?.runs.find(({ run }) => run.id === item.stretch.runId)?.run ?? null)
        : null,
    x,
    y,
    side: x + tipPx.wide > width ? ('left' as const) : ('right' as const),
    edge: y + tipPx.high > bottom ? ('above' as const) : ('below' as const),
  }
}

/** The canvas is a little longer than what is seen of the lanes, scrolls with them, and is drawn again when it must. */
function useLaneCanvas(
  scene: Scene,
  scroller: RefObject<HTMLDivElement | null>,
  canvas: RefObject<HTMLCanvasElement | null>,
): void {
  useEffect(() => {
    const [box, sheet] = [scroller.current, canvas.current]
    if (box === null || sheet === null) return
    let drawn = { top: 0, height: 0 }
    const draw = () => {
      const top = Math.max(0, box.scrollTop - beyond)
      const height = Math.min(
        box.clientHeight + 2 * beyond,
        Math.max(box.clientHeight, scene.lanes.height) - top,
      )
      const width = sheet.parentElement?.clientWidth ?? 0
      drawn = { top, height }
      sheet.style.top = `${top}px`
      sheet.style.height = `${height}px`
      paint(sheet, width, height, (ink) => drawLanes(ink, scene, { width, height, top }))
    }
    const frame = onFrame(draw)
    const onScroll = () => {
      const outside =
        box.scrollTop < drawn.top || box.scrollTop + box.clientHeight > drawn.top + drawn.height
      if (outside) frame.ask()
    }
    const resized = new ResizeObserver(frame.ask)
    resized.observe(box)
    box.addEventListener('scroll', onScroll, { passive: true })
    const stop = scene.subscribe(frame.ask)
    frame.ask()
    return () => {
      stop()
      frame.stop()
      resized.disconnect()
      box.removeEventListener('scroll', onScroll)
    }
  }, [scene, scroller, canvas])
}
