import { useState } from 'react'

export interface StableOrder {
  readonly ids: readonly string[]
  /** Rows that wait to be let in. */
  readonly pending: number
}

/**
 * Nothing moves under the pointer: while `frozen`, rows keep their places and new ones wait, counted.
 * `ids` must be a memoised array.
 */
export function useStableOrder(ids: readonly string[], frozen: boolean): StableOrder {
  const [held, setHeld] = useState(ids)
  if (!frozen && held !== ids) setHeld(ids)
  if (!frozen || held === ids) return { ids, pending: 0 }
  const heldSet = new Set(held)
  return { ids: held, pending: ids.filter((id) => !heldSet.has(id)).length }
}
