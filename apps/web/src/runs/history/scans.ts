import type { EventKind, Standing } from '@holdpoint/protocol'

import type { EventColumns } from './eventColumns.ts'

// A run of a million events is read through in some milliseconds, so what follows from the columns is
// not kept beside them: it is found anew when they change.

/** Rows of a list, each an event. */
export interface Rows {
  readonly count: number
  readonly seqAt: (index: number) => number
  /** Of the first row at or after a sequence. */
  readonly indexOf: (seq: number) => number
}

export const allRows = (count: number): Rows => ({
  count,
  seqAt: (index) => index + 1,
  indexOf: (seq) => Math.min(count, Math.max(0, seq - 1)),
})

/** Rows of ascending sequences. */
export const someRows = (seqs: readonly number[]): Rows => ({
  count: seqs.length,
  seqAt: (index) => seqs[index] ?? 0,
  indexOf: (seq) => lowest(seqs.length, (index) => (seqs[index] ?? 0) >= seq),
})

/** What was found stays the same object until the columns change. */
function untilChanged<T>(scan: (columns: EventColumns) => T): (columns: EventColumns) => T {
  const held = new WeakMap<EventColumns, { readonly version: number; readonly found: T }>()
  return (columns) => {
    const known = held.get(columns)
    if (known?.version === columns.version) return known.found
    const found = scan(columns)
    held.set(columns, { version: columns.version, found })
    return found
  }
}

/** Looks for the events of these kinds, wherever in the run. */
export const matching = (kinds: ReadonlySet<EventKind>) =>
  untilChanged((columns) => someRows(seqsOf(columns, kinds)))

function seqsOf(columns: EventColumns, kinds: ReadonlySet<EventKind>): readonly number[] {
  const seqs: number[] = []
  for (let seq = 1; seq <= columns.count; seq += 1) {
    const kind = columns.kind(seq)
    if (kind !== null && kinds.has(kind)) seqs.push(seq)
  }
  return seqs
}

/** Events with which a step or an action began: the rows of the waterfall. */
export const beginnings = untilChanged((columns): readonly number[] => {
  const seqs: number[] = []
  for (let seq = 1; seq <= columns.count; seq += 1)
    if (columns.beganStep(seq) || columns.kind(seq) === 'action.intended') seqs.push(seq)
  return seqs
})

/** The first event at or after an instant in microseconds; one past the last when there is none. */
export const seqAtOrAfter = (columns: EventColumns, micros: number): number =>
  lowest(columns.count, (index) => (columns.micros(index + 1) ?? 0) >= micros) + 1

/** A time in which the run did no work. `end` null: it goes on. */
export interface Idle {
  readonly standing: Exclude<Standing, 'r' | 'e'>
  /** Ms since 1970. */
  readonly start: number
  readonly end: number | null
}

/** When the run was held, waited, or had no worker. */
export const idles = untilChanged((columns): readonly Idle[] => {
  const all: Idle[] = []
  let open: { standing: Idle['standing']; start: number } | null = null
  for (let seq = 1; seq <= columns.count; seq += 1) {
    const standing = columns.standing(seq)
    const at = columns.micros(seq)
    if (standing === null || at === null) continue
    if (open !== null && standing !== open.standing) {
      all.push({ ...open, end: at / 1000 })
      open = null
    }
    if (open === null && standing !== 'r' && standing !== 'e') open = { standing, start: at / 1000 }
  }
  if (open !== null) all.push({ ...open, end: null })
  return all
})

/** The lowest index below `count` for which it is true, as it is for all after it; else `count`. */
function lowest(count: number, isTrue: (index: number) => boolean): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isTrue(middle)) high = middle
    else low = middle + 1
  }
  return low
}
