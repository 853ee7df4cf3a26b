import { isStopReason, stopReasonFacts } from '@holdpoint/protocol'

import { dateTime } from '../time/format.ts'
import type { AuditLine } from './line.ts'

interface LineChange {
  readonly name: string
  readonly before: string
  readonly after: string
}

export interface LineChanges {
  readonly some: readonly LineChange[]
  readonly more: number
  /** What its writer gave as the reason. */
  readonly why: string | null
}

/** So many fit in a line; the rest is counted, and stands in the row itself. */
const shown = 2

/**
 * Of Holdpoint's own rows: what says nothing to a reader, or is said by the sentence already. What holds a run is told by
 * the reason that it gives.
 */
const unsaid = new Set([
  'heldBy',
  'seq',
  'digest',
  'decision',
  'version',
  'name',
  'id',
  'policyId',
  'tool',
  'target',
])

const names: Readonly<Record<string, string>> = {
  status: 'state',
  stopReason: 'stopped for',
  expiresAt: 'deadline',
  isolatedAt: 'isolated',
  costUsd: 'cost limit',
  assignees: 'who is asked',
}

type Data = Readonly<Record<string, unknown>>

const isData = (value: unknown): value is Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

const instants = new Set(['expiresAt', 'isolatedAt', 'deadline'])

/** A value in a word or two; null: it takes more than that. */
function inWords(key: string, value: unknown): string | null {
  if (value === null || value === undefined || value === '') return 'nothing'
  if (Array.isArray(value))
    return value.length === 0
      ? 'nothing'
      : value.every((each) => isScalar(each))
        ? value.join(', ')
        : null
  if (!isScalar(value)) return null
  if (key === 'stopReason' && typeof value === 'string' && isStopReason(value))
    return stopReasonFacts[value].label
  const text = String(value)
  const ms = instants.has(key) ? Date.parse(text) : Number.NaN
  return Number.isNaN(ms) ? text : dateTime(ms)
}

function changesOf(before: Data, after: Data, ours: boolean): readonly LineChange[] {
  return Object.keys({ ...before, ...after }).flatMap((key) => {
    if (key === 'why' || (ours && unsaid.has(key))) return []
    // What was not looked at before has not changed.
    if (ours && !(key in before)) return []
    // A new value that leaves some out says nothing of them.
    if (!(key in after)) return []
    const [was, is] = [inWords(key, before[key]), inWords(key, after[key])]
    if (JSON.stringify(before[key]) === JSON.stringify(after[key])) return []
    const name = ours ? (names[key] ?? key) : key
    return [{ name, before: was ?? '…', after: is ?? '…' }]
  })
}

/** What a row says has changed, as far as it fits in a line. `ours`: Holdpoint wrote the row, of what it did itself. */
export function lineChanges(
  { dataBefore, dataAfter }: Pick<AuditLine, 'dataBefore' | 'dataAfter'>,
  ours: boolean,
): LineChanges {
  const why = isData(dataAfter) && typeof dataAfter['why'] === 'string' ? dataAfter['why'] : null
  const all =
    isData(dataBefore) && isData(dataAfter)
      ? changesOf(dataBefore, dataAfter, ours)
      : isScalar(dataBefore) && isScalar(dataAfter)
        ? [{ name: '', before: inWords('', dataBefore) ?? '', after: inWords('', dataAfter) ?? '' }]
        : []
  return { some: all.slice(0, shown), more: Math.max(0, all.length - shown), why }
}
