import { type Page, type Run, runStates, stopReasons } from '@holdpoint/protocol'
import { z } from 'zod'

import { decodeCursor, pageOf } from '../database/keyset.ts'
import { cursor, limit, query } from '../trpc/procedure.ts'
import { conditions, type Given, oneByOne } from './list-conditions.ts'

/** Every part has an answer of its own: a script may ask without any. */
const input = z
  .object({
    states: z.array(z.enum(runStates)).max(runStates.length).optional(),
    agents: z.array(z.string().max(200)).max(100).optional(),
    skill: z.string().max(200).optional(),
    stopReasons: z.array(z.enum(stopReasons)).max(stopReasons.length).optional(),
    /** Found anywhere in the goal, the agent's name, the step or the skill; or the beginning of an id. */
    text: z.string().trim().max(200).optional(),
    /** recent: by the last change of status; created: by when it began. Newest first. */
    sort: z.enum(['recent', 'created']).default('recent'),
    cursor,
    limit: limit(200, 50),
  })
  .prefault({})
type Input = z.output<typeof input>

const columns = { recent: 'status_since', created: 'created_at' } as const

/** Runs by filter, a page at a time, newest first. */
export const list = query.input(input).query(async ({ ctx, input }): Promise<Page<Run>> => {
  const { sql, params } = statement(input)
  const rows = await ctx.database.read<{ row: Run; key: [string, string] }>(sql, params)
  return pageOf(rows, input.limit)
})

function statement(input: Input): { sql: string; params: unknown[] } {
  const params: unknown[] = []
  const given: Given = (value) => `$${params.push(value)}`
  const column = columns[input.sort]
  const where = [...conditions(input, given), ...words(input, given)]
  if (input.cursor) {
    const [time, id] = decodeCursor(input.cursor)
    where.push(`(w.${column}, w.workflow_id) < (${given(time)}::timestamptz, ${given(id)}::uuid)`)
  }
  const apart = oneByOne(input)
  if (apart !== undefined) where.push(`w.${apart.column} = each.value`)
  const inOrder = `order by w.${column} desc, w.workflow_id desc limit ${given(input.limit + 1)}`
  const runs = `select w.* from workflow_checkpoints w
    ${where.length === 0 ? '' : `where ${where.join(' and ')}`} ${inOrder}`
  const from =
    apart === undefined
      ? `(${runs})`
      : `unnest(${given(apart.values)}::text[]) each (value) cross join lateral (${runs})`
  return {
    sql: `select run_state(w::workflow_checkpoints) as row, array[w.${column}::text, w.workflow_id::text] as key
      from ${from} w ${inOrder}`,
    params,
  }
}

function words({ text }: Input, given: Given): string[] {
  if (text === undefined || text === '') return []
  const word = text.replace(/[\\%_]/g, String.raw`\$&`)
  const anywhere = given(`%${word}%`)
  return [
    `(w.goal ilike ${anywhere} or w.agent_id ilike ${anywhere} or w.current_step ilike ${anywhere}
      or w.skill ilike ${anywhere} or w.workflow_id::text ilike ${given(`${word}%`)})`,
  ]
}
