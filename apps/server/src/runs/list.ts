import { type Page, type Run, type RunState, runStates, stopReasons } from '@holdpoint/protocol'
import { z } from 'zod'

import { decodeCursor, pageOf } from '../database/keyset.ts'
import { cursor, limit, query } from '../trpc/procedure.ts'

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

const waiting = `coalesce(w.waiting_on, 'null') <> 'null'`
const asked = `w.stop_reason = 'AWAITING_APPROVAL'`

/** What a person is shown, as a condition on the row; the reading of it is `runState` in the protocol. */
const conditionOf = {
  needs_approval: `w.status = 'paused' and ${asked}`,
  paused: `w.status = 'paused' and (${asked}) is not true`,
  running: `w.status = 'running' and not ${waiting}`,
  waiting: `w.status = 'running' and ${waiting}`,
  queued: `w.status = 'queued'`,
  approved: `w.status = 'approved'`,
  lost: `w.status = 'lost'`,
  complete: `w.status = 'complete'`,
  failed: `w.status = 'failed'`,
  killed: `w.status = 'killed'`,
} as const satisfies Record<RunState, string>

const columns = { recent: 'status_since', created: 'created_at' } as const

/** Runs by filter, a page at a time, newest first. */
export const list = query.input(input).query(async ({ ctx, input }): Promise<Page<Run>> => {
  const { sql, params } = statement(input)
  const rows = await ctx.database.read<{ row: Run; key: [string, string] }>(sql, params)
  return pageOf(rows, input.limit)
})

function statement(input: Input): { sql: string; params: unknown[] } {
  const params: unknown[] = []
  const given = (value: unknown): string => `$${params.push(value)}`
  const column = columns[input.sort]
  const where = conditions(input, given)
  if (input.cursor) {
    const [time, id] = decodeCursor(input.cursor)
    where.push(`(w.${column}, w.workflow_id) < (${given(time)}::timestamptz, ${given(id)}::uuid)`)
  }
  return {
    sql: `select run_state(w) as row, array[w.${column}::text, w.workflow_id::text] as key
      from workflow_checkpoints w ${where.length === 0 ? '' : `where ${where.join(' and ')}`}
      order by w.${column} desc, w.workflow_id desc limit ${given(input.limit + 1)}`,
    params,
  }
}

function conditions(input: Input, given: (value: unknown) => string): string[] {
  const where: string[] = []
  if (input.states !== undefined && input.states.length > 0) {
    where.push(`(${input.states.map((state) => `(${conditionOf[state]})`).join(' or ')})`)
  }
  if (input.agents !== undefined && input.agents.length > 0) {
    where.push(`w.agent_id = any (${given(input.agents)}::text[])`)
  }
  if (input.skill !== undefined) where.push(`w.skill = ${given(input.skill)}`)
  if (input.stopReasons !== undefined && input.stopReasons.length > 0) {
    where.push(`w.stop_reason = any (${given(input.stopReasons)}::text[])`)
  }
  if (input.text !== undefined && input.text !== '') {
    const word = input.text.replace(/[\\%_]/g, String.raw`\$&`)
    const anywhere = given(`%${word}%`)
    where.push(
      `(w.goal ilike ${anywhere} or w.agent_id ilike ${anywhere} or w.current_step ilike ${anywhere}
        or w.skill ilike ${anywhere} or w.workflow_id::text ilike ${given(`${word}%`)})`,
    )
  }
  return where
}
