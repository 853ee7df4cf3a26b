import { useMemo, useState } from 'react'

import type { Placed } from './forest'

interface StableRows {
  readonly rows: readonly Placed[]
  /** Rows that wait to be let in. */
  readonly pending: number
}

/**
 * Nothing moves under the pointer: while `frozen`, rows keep their places and new ones wait, counted.
 * `rows` must be the same array until they change. Those of another `view` are shown at once: a person
 * asked for them.
 */
export function useStableRows(rows: readonly Placed[], frozen: boolean, view: unknown): StableRows {
  const [held, setHeld] = useState({ rows, view })
  const follows = !frozen || held.view !== view
  if (follows && (held.rows !== rows || held.view !== view)) setHeld({ rows, view })
  const shown = follows ? rows : held.rows
  const standing = useMemo(
    () => (frozen ? new Set(shown.map(({ id }) => id)) : null),
    [frozen, shown],
  )
  const pending =
    standing === null || shown === rows ? 0 : rows.filter(({ id }) => !standing.has(id)).length
  return { rows: shown, pending }
}
