import { useEffect, useRef, useState, type PointerEvent } from 'react'

/** A mouse that has not moved for this long (ms) is not pointing: a page left alone must not stand still. */
const restMs = 6000

/** True while a mouse moves over the element; a finger does not hover. */
export function usePointerOver() {
  const [over, setOver] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const leave = () => {
    clearTimeout(timer.current)
    setOver(false)
  }
  const move = (event: PointerEvent) => {
    if (event.pointerType !== 'mouse') return
    clearTimeout(timer.current)
    timer.current = setTimeout(() => setOver(false), restMs)
    setOver(true)
  }
  useEffect(() => () => clearTimeout(timer.current), [])
  return { over, leave, handlers: { onPointerMove: move, onPointerLeave: leave } }
}
