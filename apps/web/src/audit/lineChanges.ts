import { isStopReason, stopReasonFacts } from '@holdpoint/protocol'

import { dateTime } from '../time/format.ts'
import type { AuditLine } from './line.ts'

interface LineChange {
  readonly name: string
  /** Null: there was nothing before, or `after` alone says it all. */
  readonly before: string | null
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
  'createdAt',
  'createdBy',
  'lacksSince',
  'name',
  'id',
  'policyId',
  'tool',
  'target',
])

const names: Readonly<Record<string, string>> = {
  status: 'state',
  stopReason: 'reason',
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

/** As Holdpoint writes them. */
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d/

const isNothing = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === '' ||
  (Array.isArray(value) && value.length === 0)

/** A value in a word or two, of a list of large ones how many; null: it takes more than that. */
function inWords(key: string, value: unknown, ours: boolean): string | null {
  if (Array.isArray(value))
    return value.every((each) => isScalar(each)) ? value.join(', ') : String(value.length)
  if (!isScalar(value)) return null
  if (key === 'stopReason' && typeof value === 'string' && isStopReason(value))
    return stopReasonFacts[value].label
  const text = String(value)
  const ms = ours && instant.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(ms) ? text : dateTime(ms)
}

function changesOf(before: Data, after: Data, ours: boolean): readonly LineChange[] {
  return Object.keys({ ...before, ...after }).flatMap((key) => {
    if (key === 'why' || (ours && unsaid.has(key))) return []
    // What was not looked at before has not changed.
    if (ours && !(key in before)) return []
    // A new value that leaves some out says nothing of them.
    if (!(key in after)) return []
    if (JSON.stringify(before[key]) === JSON.stringify(after[key])) return []
    return [changeOf(key, before[key], after[key], ours)]
  })
}

/** "state running → paused", "deadline 29 Nov → none", "Paused by a person", "settings changed". */
function changeOf(key: string, before: unknown, after: unknown, ours: boolean): LineChange {
  const name = ours ? (names[key] ?? key) : key
  const [was, is] = [inWords(key, before, ours), inWords(key, after, ours)]
  if (isNothing(after)) return { name, before: was, after: was === null ? 'removed' : 'none' }
  // After the state, the reason for it needs no name.
  if (isNothing(before))
    return { name: ours && key === 'stopReason' ? '' : name, before: null, after: is ?? 'added' }
  return was === null || is === null || was === is
    ? { name, before: null, after: 'changed' }
    : { name, before: was, after: is }
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
        ? [changeOf('', dataBefore, dataAfter, ours)]
        : []
  return { some: all.slice(0, shown), more: Math.max(0, all.length - shown), why }
}
