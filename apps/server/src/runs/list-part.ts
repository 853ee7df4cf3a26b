import type { Run } from '@holdpoint/protocol'

import type { Apart, Given } from './list-conditions.ts'

/** A run's place in the list: its instant, as the database wrote it, and its id. */
type Place = readonly [at: string, id: string]

export interface Found {
  readonly row: Run
  readonly key: Place
  /** The instant again, as a number of microseconds that can be compared. */
  readonly micros: string
}

/** A part of the list in one order, newest first. */
export interface Part {
  readonly column: 'status_since' | 'created_at'
  /** Whose values are read one by one, each by its own index. */
  readonly apart: Apart | undefined
  /** What else its index holds, in SQL. */
  readonly only?: string
  /** What comes after this place. */
  readonly after: Place | null
  /** Down to this place, and with it. */
  readonly downTo?: Place | null
}

export type Conditions = (given: Given) => readonly string[]

export type Read = <Row>(sql: string, params: readonly unknown[]) => Promise<Row[]>

/** Asks the database; `write` makes the statement and gives its values. */
export async function ask<Row>(read: Read, write: (given: Given) => string): Promise<Row[]> {
  const params: unknown[] = []
  const sql = write((value) => `$${params.push(value)}`)
  return read<Row>(sql, params)
}

/** The first runs of a part that fit. */
export const runsSql =
  (part: Part, conditions: Conditions, most: number) =>
  (given: Given): string => {
    const inOrder = `${order(part.column)} limit ${given(most)}`
    const where = [...conditions(given), ...within(part, given)]
    const runs = `select w.* from workflow_checkpoints w ${allOf(where)} ${inOrder}`
    return `select run_state(w::workflow_checkpoints) as row, ${place(part.column)}
      from ${each(part.apart, runs, given)} w ${inOrder}`
  }

/**
 * Where a part ends of which so many are looked through, of each value that is read for itself; no row: it has fewer.
 * What one of them leaves out is left out of all.
 */
export const endSql =
  (part: Part, most: number) =>
  (given: Given): string => {
    const last = `select w.${part.column}, w.workflow_id from workflow_checkpoints w
      ${allOf(within(part, given))} ${order(part.column)} offset ${given(most - 1)} limit 1`
    return `select ${place(part.column)} from ${each(part.apart, last, given)} w ${order(part.column)} limit 1`
  }

export const order = (column: Part['column']): string =>
  `order by w.${column} desc, w.workflow_id desc`

export const place = (column: Part['column']): string =>
  `array[w.${column}::text, w.workflow_id::text] as key,
    coalesce((extract(epoch from w.${column}) * 1000000)::bigint, 9223372036854775807)::text as micros`

export const allOf = (where: readonly string[]): string =>
  where.length === 0 ? '' : `where ${where.join(' and ')}`

/** Between the two ends of a part. */
export function between(
  { column, after, downTo = null }: Pick<Part, 'column' | 'after' | 'downTo'>,
  given: Given,
): string[] {
  const here = `(w.${column}, w.workflow_id)`
  const at = ([time, id]: Place): string => `(${given(time)}::timestamptz, ${given(id)}::uuid)`
  return [
    ...(after === null ? [] : [`${here} < ${at(after)}`]),
    ...(downTo === null ? [] : [`${here} >= ${at(downTo)}`]),
  ]
}

const within = (part: Part, given: Given): string[] => [
  ...(part.apart === undefined ? [] : [`w.${part.apart.column} = each.value`]),
  ...(part.only === undefined ? [] : [part.only]),
  ...between(part, given),
]

const each = (apart: Apart | undefined, runs: string, given: Given): string =>
  apart === undefined
    ? `(${runs})`
    : `unnest(${given(apart.values)}::text[]) each (value) cross join lateral (${runs})`
