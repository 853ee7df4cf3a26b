import { useCallback, useLayoutEffect, useRef, useState } from 'react'

/** Rows drawn beyond each edge, so that a fast scroll meets rows and not emptiness. */
const overscan = 10
/** No browser scrolls further (px) in one element; beyond it, a pixel of the scrollbar is more than one of the list. */
const mostPixels = 12_000_000
/** Closer to the end than this (px) the list follows what is new. */
const nearEnd = 24

interface Window {
  readonly first: number
  readonly last: number
  /** Px by which rows are drawn further down than their place: 0 unless the list is too long to be drawn to scale. */
  readonly shift: number
  readonly atEnd: boolean
}

const lengthOf = (count: number, height: number) => Math.min(count * height, mostPixels)

/** What of a list of rows of one height is in the box now. */
export function windowOf(
  box: Pick<HTMLElement, 'scrollTop' | 'clientHeight'>,
  count: number,
  height: number,
): Window {
  const total = lengthOf(count, height)
  const most = Math.max(1, total - box.clientHeight)
  const offset =
    count * height > total
      ? Math.round((Math.min(box.scrollTop, most) / most) * (count * height - box.clientHeight))
      : box.scrollTop
  return {
    first: Math.max(0, Math.floor(offset / height) - overscan),
    last: Math.ceil((offset + box.clientHeight) / height) + overscan,
    shift: Math.round(box.scrollTop - offset),
    atEnd: total - box.scrollTop - box.clientHeight < nearEnd,
  }
}

const same = (a: Window, b: Window): boolean =>
  a.first === b.first && a.last === b.last && a.atEnd === b.atEnd && a.shift === b.shift

/**
 * Which rows of one height are on screen. `anchor` is where the list starts: at its `end`, which it follows until
 * someone scrolls away, or else at its first row, again whenever the word changes.
 */
export function useScrollWindow(count: number, height: number, anchor = 'end') {
  const scroller = useRef<HTMLDivElement>(null)
  const [shown, setShown] = useState<Window | null>(null)
  const total = lengthOf(count, height)

  const look = useCallback(() => {
    const box = scroller.current
    if (box === null) return
    const next = windowOf(box, count, height)
    setShown((old) => (old !== null && same(old, next) ? old : next))
  }, [count, height])

  const following = anchor === 'end' && (shown === null || shown.atEnd)
  const anchored = useRef(anchor)
  useLayoutEffect(() => {
    const box = scroller.current
    if (box === null) return
    const moved = anchored.current !== anchor
    anchored.current = anchor
    if (following || (moved && anchor === 'end')) box.scrollTop = total
    else if (moved) box.scrollTop = 0
    look()
    // Follows as the list grows; whether it did before is asked, not waited for.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [look, total, anchor])

  useLayoutEffect(() => {
    const box = scroller.current
    if (box === null) return
    const resized = new ResizeObserver(look)
    resized.observe(box)
    box.addEventListener('scroll', look, { passive: true })
    return () => {
      resized.disconnect()
      box.removeEventListener('scroll', look)
    }
  }, [look])

  return {
    scroller,
    total,
    first: Math.min(shown?.first ?? 0, count),
    last: Math.min(shown?.last ?? 0, count),
    topOf: (index: number) => index * height + (shown?.shift ?? 0),
    following,
    reveal: (index: number, middle = false) => {
      if (scroller.current !== null && index >= 0 && index < count)
        reveal(scroller.current, (index / count) * total, height, middle)
    },
  }
}

/** Scrolls as little as brings a row into view; to the middle of it when asked, or when it is far away. */
function reveal(box: HTMLElement, top: number, height: number, middle: boolean): void {
  const spare = box.clientHeight - height
  const from = box.scrollTop
  if (!middle && top >= from && top <= from + spare) return
  const far = middle || Math.abs(top - from) > box.clientHeight * 2
  box.scrollTo({ top: far ? top - spare / 2 : top < from ? top : top - spare })
}
