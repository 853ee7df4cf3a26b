import { useState } from 'react'

import type { Told } from './columns'
import type { Placed } from './forest'
import { toldOf } from './told'

const nothing: Told = new Set()

/** Columns in which rows at hand have something to say. They only become more: no column moves back under a pointer. */
export function useTold(rows: readonly Placed[]): Told {
  const [told, setTold] = useState(nothing)
  const next = toldOf(rows, told)
  if (next !== told) setTold(next)
  return next
}
