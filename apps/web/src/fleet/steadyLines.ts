import { useState } from 'react'

import type { Line } from './lane'

interface SteadyLines {
  readonly lines: readonly Line[]
  /** Lines that wait to be let in. */
  readonly pending: number
}

/**
 * Nothing moves under the pointer: while `frozen`, lines keep their places and are told as they are now; new
 * ones wait, counted. `lines` must be a memoised array.
 */
export function useSteadyLines(lines: readonly Line[], frozen: boolean): SteadyLines {
  const [held, setHeld] = useState(lines)
  if (!frozen && held !== lines) setHeld(lines)
  if (!frozen || held === lines) return { lines, pending: 0 }
  const now = new Map(lines.map((line) => [line.key, line]))
  const places = new Set(held.map(({ key }) => key))
  return {
    lines: held.flatMap(({ key }) => now.get(key) ?? []),
    pending: lines.filter(({ key }) => !places.has(key)).length,
  }
}
