import { useEffect, useState } from 'react'

/** So long (ms) the second click of a double click may come. */
const handMs = 500

/**
 * True for a moment after `shown` has changed, and where it is `fresh` at first, too: a second press of the same hand
 * was meant for what stood in its place before.
 */
export function useJustChanged(shown: string, fresh: boolean): boolean {
  const [settled, settle] = useState(fresh ? null : shown)
  useEffect(() => {
    if (settled === shown) return undefined
    const timer = setTimeout(() => settle(shown), handMs)
    return () => clearTimeout(timer)
  }, [settled, shown])
  return settled !== shown
}
