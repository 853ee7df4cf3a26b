import { otherWordsFor } from '@holdpoint/protocol'

import type { Database } from '../database/database.ts'
import { Problem, problem, sqlStateOf } from '../database/problem.ts'
import { distinctValues } from './distinct-values.ts'
import { type AuditFilter, type AuditOrder, beginning } from './filter.ts'
import { type Given, isAnchored, whereOf } from './where.ts'

/** Time and id of a row, as the database wrote them. */
export type AuditKey = readonly [string, string]

export interface PageQuestion {
  readonly filter: AuditFilter
  readonly order: AuditOrder
  /** The page begins after this row. */
  readonly after: AuditKey | null
  readonly limit: number
  /** Ends the page before its payloads come to more, but never before its first row. */
  readonly mostBytes?: number
}

/** So many actions that begin alike are looked up one by one; more are sifted from all rows. */
const mostMerged = 64

const canceled = '57014'

/**
 * One page of the log. `select` is what becomes of each row, of `l`.
 * @throws Problem BAD_REQUEST when the filter would take a long scan: it was given up, and that is no empty page
 */
// As `Database.read`: the caller knows what its SQL selects.
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export async function readPage<Row>(
  database: Database,
  question: PageQuestion,
  select: string,
): Promise<{ row: Row; key: AuditKey }[]> {
  const start = beginning(question.filter.action)
  try {
    const merged =
      start === undefined
        ? []
        : [
            ...(await distinctValues(database, 'action', start, mostMerged + 1)),
            ...otherWordsFor(start),
          ]
    if (start !== undefined && merged.length === 0) return []
    const params: unknown[] = []
    const given: Given = (value) => `$${params.push(value)}`
    const rows =
      merged.length === 0 || merged.length > mostMerged
        ? pageSql(question, given)
        : mergedSql(question, merged, given)
    return await database.read(
      `select ${select} as row, array[l.seen_at::text, l.log_id::text] as key
       from (${cutAt(question, rows, given)}) l order by ${orderBy(question.order)}`,
      params,
    )
  } catch (error) {
    if (error instanceof Problem || sqlStateOf(error) !== canceled) throw error
    throw problem(
      'BAD_REQUEST',
      'This filter takes too long to read; it was given up, and nothing is known of what it would show.',
      'Add an agent or a run, or choose a shorter time.',
    )
  }
}

const orderBy = (order: AuditOrder): string =>
  order === 'newest' ? 'l.seen_at desc, l.log_id desc' : 'l.seen_at, l.log_id'

/**
 * The order of the index by time, which puts nulls at the other end than all others do. There are no nulls. So the
 * planner cannot walk along time in search of an agent that it takes for busy, and that stopped a million rows ago.
 */
const orderByTimeAlone = (order: AuditOrder): string =>
  order === 'newest'
    ? 'l.seen_at desc nulls last, l.log_id desc nulls last'
    : 'l.seen_at nulls first, l.log_id nulls first'

function pageSql(question: PageQuestion, given: Given, more: readonly string[] = []): string {
  const { filter, order, after, limit } = question
  const where = [...more, ...whereOf(filter, given)]
  if (after !== null) {
    const key = `(${given(after[0])}::timestamptz, ${given(after[1])}::uuid)`
    where.push(`(l.seen_at, l.log_id) ${order === 'newest' ? '<' : '>'} ${key}`)
  }
  return `select l.* from agent_audit_log l
    ${where.length === 0 ? '' : `where ${where.join(' and ')}`}
    order by ${more.length > 0 || isAnchored(filter) ? orderBy(order) : orderByTimeAlone(order)} limit ${given(limit)}`
}

/** Each action has its rows in order; the page is the first of all of them. */
function mergedSql(question: PageQuestion, actions: readonly string[], given: Given): string {
  const { action: _, ...filter } = question.filter
  const each = pageSql({ ...question, filter }, given, ['l.action collate "C" = a.action'])
  return `select l.* from unnest(${given(actions)}::text[]) a(action) cross join lateral (${each}) l
    order by ${orderBy(question.order)} limit ${given(question.limit)}`
}

/** What a compressed payload may come to: it is bounded, and its stored size says nothing. */
const unpackedBytes = 512 * 1024

const sizeOf = (data: string): string =>
  `case when pg_column_compression(${data}) is null then coalesce(pg_column_size(${data}), 0) else ${unpackedBytes} end`

/** A page of 500 of the longest rows would be half a gigabyte. */
function cutAt({ mostBytes, order }: PageQuestion, rows: string, given: Given): string {
  if (mostBytes === undefined) return rows
  return `select * from (select l.*, row_number() over so_far as nth,
      sum(${sizeOf('l.data_before')} + ${sizeOf('l.data_after')}) over so_far as bytes
    from (${rows}) l window so_far as (order by ${orderBy(order)} rows unbounded preceding)) l
    where l.nth = 1 or l.bytes <= ${given(mostBytes)}`
}
