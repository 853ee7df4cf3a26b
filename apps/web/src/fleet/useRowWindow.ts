import { useEffect, useRef, useState } from 'react'

/** Rows drawn beyond each edge, so that a fast scroll meets rows and not emptiness. */
const overscan = 12

interface Window {
  readonly first: number
  readonly last: number
}

/**
 * Which rows of one height are on screen. A library for rows of many heights would be a sixteenth of the
 * first load.
 */
export function useRowWindow(count: number, height: number) {
  const scroller = useRef<HTMLDivElement>(null)
  const [shown, setShown] = useState<Window>({ first: 0, last: overscan * 4 })
  useEffect(() => {
    const box = scroller.current
    if (box === null) return
    const look = () => {
      const first = Math.max(0, Math.floor(box.scrollTop / height) - overscan)
      const last = Math.ceil((box.scrollTop + box.clientHeight) / height) + overscan
      setShown((old) => (old.first === first && old.last === last ? old : { first, last }))
    }
    const resized = new ResizeObserver(look)
    resized.observe(box)
    box.addEventListener('scroll', look, { passive: true })
    return () => {
      resized.disconnect()
      box.removeEventListener('scroll', look)
    }
  }, [height])

  /** Scrolls as little as brings a row into view; `covered` px at the top lie under the head. */
  const reveal = (index: number, covered: number) => {
    const box = scroller.current
    if (box === null) return
    const top = index * height
    const bottom = top + height + covered
    if (top < box.scrollTop) box.scrollTo({ top })
    else if (bottom > box.scrollTop + box.clientHeight)
      box.scrollTo({ top: bottom - box.clientHeight })
  }
  return {
    scroller,
    first: Math.min(shown.first, count),
    last: Math.min(shown.last, count),
    reveal,
  }
}
