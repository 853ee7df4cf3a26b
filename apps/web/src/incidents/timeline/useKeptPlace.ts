import { useLayoutEffect, useRef, type RefObject } from 'react'

import type { Scene } from './scene'
import { shiftAt } from './shift'

/** What is under the pointer, or else on top, stays there when lanes grow or shrink. */
export function useKeptPlace(scene: Scene, scroller: RefObject<HTMLElement | null>): void {
  const { boxes } = scene.lanes
  const before = useRef(boxes)
  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null || before.current === boxes) return
    element.scrollBy(0, shiftAt(before.current, boxes, scene.spot?.y ?? element.scrollTop))
    before.current = boxes
  }, [scene, scroller, boxes])
}
