import type { Run } from '@holdpoint/protocol'
import { keepPreviousData, useQuery } from '@tanstack/react-query'

import { api } from '../../app/trpc'
import { instantOf, microsOf, type EventColumns } from '../history/eventColumns'
import type { RunHistory } from '../history/runHistory'
import { beginnings, seqAtOrAfter, someRows, type Rows } from '../history/scans'
import type { Span } from './axis'

const askedEveryMs = 10_000

/** Rows that began in a time, after those that began before and reach into it. Null: all rows. */
export function useRowsInWindow(run: Run, history: RunHistory, span: Span | null): Rows {
  'use no memo' // The history changes without becoming another object.
  const { columns } = history
  // A window that follows moves all the time: what reaches into it is asked for once in a while.
  const from = span === null ? null : Math.floor(span.from / askedEveryMs) * askedEveryMs
  const { data } = useQuery({
    queryKey: ['runs', run.id, 'under', from],
    enabled: from !== null,
    queryFn: () => api.runs.under.query({ id: run.id, at: instantOf((from ?? 0) * 1000) }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    gcTime: 10_000,
  })
  const begun = beginnings(columns)
  if (span === null) return someRows(begun)
  const all = someRows(begun)
  const first = all.indexOf(seqAtOrAfter(columns, span.from * 1000))
  const end = all.indexOf(seqAtOrAfter(columns, span.to * 1000))
  const before = new Set<number>()
  for (const { kind, startedAt } of data?.rows ?? []) {
    const index = indexOfStart(columns, begun, kind, microsOf(startedAt))
    if (index !== null && index < first && !endedBefore(history, begun[index] ?? 0, span.from))
      before.add(index)
  }
  // A plain-SQL step is known by its beginning alone: the last one reaches into the window.
  for (let index = run.engine === 'sql' ? first - 1 : -1; index >= 0; index -= 1) {
    if (!columns.beganStep(begun[index] ?? 0)) continue
    before.add(index)
    break
  }
  const reaching = [...before].toSorted((a, b) => a - b).map((index) => begun[index] ?? 0)
  return someRows([...reaching, ...begun.slice(first, end)])
}

/** What was under way when it was asked may have ended since, before the window begins. */
function endedBefore({ spans }: RunHistory, seq: number, from: number): boolean {
  const span = spans.get(seq)
  const endedAt = span?.kind === 'step' ? span.kept?.endedAt : span?.endedAt
  return endedAt !== undefined && endedAt !== null && Date.parse(endedAt) < from
}

/**
 * The row that a step or an action is. Their own time and that of their event differ by microseconds: a step
 * is written before its event, an action after it, and while the run's row is locked nothing lies between.
 */
function indexOfStart(
  columns: EventColumns,
  begun: readonly number[],
  kind: 'step' | 'action',
  micros: number,
): number | null {
  const seq = seqAtOrAfter(columns, micros)
  const rows = someRows(begun)
  if (kind === 'step') {
    const index = rows.indexOf(seq)
    return index < begun.length ? index : null
  }
  for (let index = rows.indexOf(seq); index >= 0; index -= 1) {
    const each = begun[index] ?? Number.POSITIVE_INFINITY
    if (columns.kind(each) === 'action.intended' && (columns.micros(each) ?? 0) <= micros)
      return index
  }
  return null
}
