import {
  activeStatuses,
  finalStatuses,
  idsThatBegin,
  type Page,
  type Run,
  type RunState,
} from '@holdpoint/protocol'

import { encodeCursor, pageOf } from '../database/keyset.ts'
import { byIndex, conditions, type Given, type RunFilter, statusOf } from './list-conditions.ts'
import {
  allOf,
  ask,
  between,
  endSql,
  type Found,
  order,
  type Part,
  place,
  type Read,
  runsSql,
} from './list-part.ts'
import { endedWithWords, newestFirst, type Wanted } from './search-ended.ts'

/**
 * Runs of the filter that are looked through before an index is asked, since what many of them have is found among the
 * first; and runs at work, of each status, that are looked through for one page.
 */
const usual = { first: 1_000, atWork: 10_000 }

/**
 * A page of the runs that have these words. Its cost follows from what it finds and from how many are at work, never
 * from how many there have been: the newest of the filter are looked through, then those at work, and the rest, which
 * has ended, is found by an index. Each question is of a later instant than the one before: where a part ends is asked
 * before what is in it, and runs at work before those that have ended, so that no place is passed over. What comes to
 * the top meanwhile is there when the list is read again, as between two pages.
 */
export async function search(
  read: Read,
  wanted: Wanted,
  looked: typeof usual = usual,
): Promise<Page<Run>> {
  const { filter, column, limit } = wanted
  const first: Part = { column, apart: byIndex(filter, column), after: wanted.after }
  const [end] = await ask<Found>(
    read,
    endSql(first, Math.ceil(looked.first / (first.apart?.values.length ?? 1))),
  )
  const newest: Part = { ...first, downTo: end?.key ?? null }
  const found = await ask<Found>(read, runsSql(newest, fits(wanted), limit + 1))
  if (found.length > limit || end === undefined) return pageOf(found, limit)
  const rest = await olderThan(read, { ...wanted, after: end.key }, looked.atWork)
  return pageDownTo(rest.end, [...found, ...rest.found], limit)
}

/** When it was not looked through to the end, the next page goes on from there. */
function pageDownTo(end: Found | undefined, found: readonly Found[], limit: number): Page<Run> {
  const page = pageOf(found, limit)
  return page.nextCursor === null && end !== undefined
    ? { rows: page.rows, nextCursor: encodeCursor(end.key) }
    : page
}

async function olderThan(
  read: Read,
  wanted: Wanted,
  lookedAtWork: number,
): Promise<{ found: Found[]; end: Found | undefined }> {
  const { column, after, limit } = wanted
  const atWork = partAtWork(wanted)
  const end = atWork && (await ask<Found>(read, endSql(atWork, lookedAtWork)))[0]
  const downTo = end?.key ?? null
  const bounds = { column, after, downTo }
  const found = [
    ...(atWork === undefined
      ? []
      : await ask<Found>(read, runsSql({ ...atWork, downTo }, fits(wanted), limit + 1))),
    ...(await beginSo(read, wanted, bounds)),
  ]
  const states = statesOf(wanted.filter, finalStatuses)
  if (states === undefined) return { found: newestFirst(found), end }
  const ended = { ...wanted, filter: { ...wanted.filter, states } }
  return { found: await endedWithWords(read, ended, bounds, found), end }
}

/** The states of the filter that runs of these statuses may have; undefined when there are none. */
function statesOf(
  { states = [] }: RunFilter,
  among: readonly string[],
): readonly RunState[] | undefined {
  const left = states.filter((state) => among.includes(statusOf(state)))
  return states.length > 0 && left.length === 0 ? undefined : left
}

function partAtWork({ filter, column, after }: Wanted): Part | undefined {
  const states = statesOf(filter, activeStatuses)
  if (states === undefined) return undefined
  const statuses = states.length === 0 ? activeStatuses : [...new Set(states.map(statusOf))]
  if (column === 'status_since') {
    return { column, apart: { column: 'status', values: statuses }, after }
  }
  // As the index of runs at work says it.
  const only = `w.status in (${activeStatuses.map((status) => `'${status}'`).join(', ')})`
  return { column, apart: undefined, only, after }
}

/** All of the filter, and the words, of a run's own row. */
const fits =
  ({ filter, words }: Wanted) =>
  (given: Given): string[] => [
    ...conditions(filter, given),
    ...words.map((word) => {
      const said = `strpos(words_of(w), lower(${given(word)})) > 0`
      const ids = idsThatBegin(word)
      return ids === undefined ? said : `(${said} or ${idWithin(ids, given)})`
    }),
  ]

const idWithin = ([least, most]: readonly [string, string], given: Given): string =>
  `w.workflow_id between ${given(least)}::uuid and ${given(most)}::uuid`

/** Runs whose id begins with one of the words. */
async function beginSo(
  read: Read,
  wanted: Wanted,
  bounds: Parameters<typeof between>[0],
): Promise<Found[]> {
  const ids = wanted.words.map(idsThatBegin).filter((range) => range !== undefined)
  if (ids.length === 0) return []
  return ask<Found>(read, (given) => {
    const begin = ids.map((range) => idWithin(range, given)).join(' or ')
    const inOrder = `${order(wanted.column)} limit ${given(wanted.limit + 1)}`
    // "offset 0": by their keys, and not by the order of the list.
    return `select run_state(w::workflow_checkpoints) as row, ${place(wanted.column)} from (
        select w.* from workflow_checkpoints w where ${begin} offset 0) w
      ${allOf([...fits(wanted)(given), ...between(bounds, given)])} ${inOrder}`
  })
}
