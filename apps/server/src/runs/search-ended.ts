import { conditions, type Given, type RunFilter } from './list-conditions.ts'
import { allOf, ask, between, type Found, order, type Part, place, type Read } from './list-part.ts'

/** A page of runs with all of these words, after a place in the list. */
export interface Wanted {
  readonly filter: RunFilter
  readonly words: readonly string[]
  readonly column: Part['column']
  readonly after: Part['after']
  readonly limit: number
}

type Bounds = Pick<Part, 'column' | 'after' | 'downTo'>

/** As `span_of` in the database has it. */
const spanMicros = 28n * 86_400_000_000n
/** Runs that say they were created after they ended are in this one. */
const outOfOrder = 0

/**
 * Runs that have ended, by the index of their words, put in order with those `found` elsewhere. Each stretch of time is
 * asked for itself, the newest first, and none once all that is wanted is newer than the rest.
 */
export async function endedWithWords(
  read: Read,
  wanted: Wanted,
  bounds: Bounds,
  found: readonly Found[],
): Promise<Found[]> {
  const spans = await spansOf(read, bounds)
  let all = newestFirst(found)
  for (let many = 1; spans.length > 0; many *= 4) {
    const asked = spans.splice(0, spans[0] === outOfOrder ? many + 1 : many)
    all = newestFirst([...all, ...(await ask<Found>(read, inSpans(asked, wanted, bounds)))])
    const begins = BigInt(asked.at(-1) ?? 0) * spanMicros
    const last = all[wanted.limit]
    if (last !== undefined && BigInt(last.micros) >= begins) break
  }
  return all
}

/** Each run once: one may be found by its id, too. */
export function newestFirst(found: readonly Found[]): Found[] {
  const byId = new Map(found.map((each) => [each.row.id, each]))
  return [...byId.values()].toSorted((a, b) => {
    const apart = BigInt(b.micros) - BigInt(a.micros)
    if (apart !== 0n) return apart > 0n ? 1 : -1
    return a.row.id < b.row.id ? 1 : -1
  })
}

/** The stretches of time in which runs ended that may be listed here. */
async function spansOf(read: Read, { column, after }: Bounds): Promise<number[]> {
  const rows = await ask<{ span: number }>(read, (given) => {
    // Those that ended later are before this place in a list by their end; by creation they may come after it.
    const later =
      column === 'status_since' && after !== null
        ? `and span <= span_of(${given(after[0])}::timestamptz, null)`
        : ''
    return `with recursive met (span) as (
        (select span from run_words order by span desc limit 1)
        union all
        select (select w.span from run_words w where w.span < met.span order by w.span desc limit 1)
          from met where met.span is not null)
      select span from met where span is not null ${later} order by span = ${outOfOrder} desc, span desc`
  })
  return rows.map(({ span }) => span)
}

const inSpans =
  (spans: readonly number[], { filter, words, column, limit }: Wanted, bounds: Bounds) =>
  (given: Given): string => {
    const [asked, narrowed] = [given(words), given(JSON.stringify(tagsOf(filter)))]
    const where = [
      ...conditions(filter, given),
      ...words.map((word) => `strpos(w.words, lower(${given(word)})) > 0`),
      ...between(bounds, given),
    ]
    const inOrder = `${order(column)} limit ${given(limit + 1)}`
    // "offset 0": by the index of the words, and not by the order of the list.
    const found = `select w.workflow_id, w.${column} from unnest(${given(spans)}::integer[]) each (span)
      cross join lateral (
        select w.* from run_words w
        where word_keys(w.span, w.words, word_tags(w.agent_id, w.skill, w.status, w.stop_reason)) @@
          word_query(each.span, array(select lower(word) from unnest(${asked}::text[]) word), ${narrowed}::jsonb)
        offset 0) w
      ${allOf(where)} ${inOrder}`
    return `select run_state(r) as row, ${place(column)}
      from (${found}) w join workflow_checkpoints r using (workflow_id) ${order(column)}`
  }

/** The filter as keys of the index, as `word_tags` writes them: of each list one. */
const tagsOf = ({ agents, skill, states, stopReasons }: RunFilter): string[][] =>
  [
    tags('agent', agents),
    tags('skill', skill === undefined ? [] : [skill]),
    tags('status', states),
    tags('reason', stopReasons),
  ].filter((list) => list.length > 0)

const tags = (name: string, values: readonly string[] = []): string[] =>
  values.map((value) => `${name}=${value}`)
