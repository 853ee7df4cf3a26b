import type { EventKind } from '@holdpoint/protocol'

import type { EventColumns } from '../history/eventColumns.ts'
import { percentAt, type Axis } from './axis.ts'
import { kindLook } from './eventWords.ts'

/** How many events, and how many that are bad, fall into each of equal parts of the axis. */
export interface Density {
  readonly all: readonly number[]
  readonly bad: readonly number[]
}

const isBad = (kind: EventKind): boolean => kindLook[kind].tone === 'bad'

export function densityOf(columns: EventColumns, axis: Axis, parts: number): Density {
  const all = Array.from({ length: parts }, () => 0)
  const bad = Array.from({ length: parts }, () => 0)
  for (let seq = 1; seq <= columns.count; seq += 1) {
    const micros = columns.micros(seq)
    const kind = columns.kind(seq)
    if (micros === null || kind === null) continue
    const part = Math.min(parts - 1, Math.floor((percentAt(axis, micros / 1000) / 100) * parts))
    all[part] = (all[part] ?? 0) + 1
    if (isBad(kind)) bad[part] = (bad[part] ?? 0) + 1
  }
  return { all, bad }
}

/**
 * Columns as one outline, in a box as wide as it has parts and 100 high. Heights are by the root: beside a
 * burst of a thousand, ten are still seen.
 */
export function outline(counts: readonly number[], most: number): string {
  if (most === 0) return ''
  return counts
    .flatMap((count, part) => {
      if (count === 0) return []
      const top = 100 - Math.max(8, Math.round(Math.sqrt(count / most) * 100))
      return [`M${part} 100V${top}h1V100z`]
    })
    .join('')
}
