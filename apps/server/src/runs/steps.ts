import type { Page, RunId, Step, StepHead } from '@holdpoint/protocol'
import { z } from 'zod'

import { decodeCursor, pageOf } from '../database/keyset.ts'
import { problem } from '../database/problem.ts'
import { cursor, id, limit, query } from '../trpc/procedure.ts'
import { stepHeadJson } from './queries.ts'

/** Tells apart steps that began at the same instant. */
const label = `occurrence || ' ' || name`

/** A run's steps, newest first, without their inputs and results. */
export const steps = query
  .input(z.object({ id: id<RunId>(), cursor, limit: limit(200, 50) }))
  .query(async ({ ctx, input }): Promise<Page<StepHead>> => {
    const [time, last] = input.cursor ? decodeCursor(input.cursor) : ['infinity', '']
    const rows = await ctx.database.read<{ row: StepHead; key: [string, string] }>(
      `select ${stepHeadJson('s')} as row, array[s.started_at::text, s.label] as key
       from (select *, ${label} as label from run_steps
         where workflow_id = $1 and (started_at, ${label}) < ($2::timestamptz, $3)
         order by started_at desc, label desc limit $4) s
       order by s.started_at desc, s.label desc`,
      [input.id, time, last, input.limit + 1],
    )
    return pageOf(rows, input.limit)
  })

/** A step's name and which time it was that the run came to it. */
export const stepKey = z.object({
  id: id<RunId>(),
  step: z.string().min(1).max(500),
  occurrence: z.number().int().min(1),
})

/** One step with its input and its result. */
export const step = query.input(stepKey).query(async ({ ctx, input }): Promise<Step> => {
  const [row] = await ctx.database.read<{ step: Step }>(
    `select ${stepHeadJson('s')} || jsonb_build_object('input', s.input, 'result', s.result) as step
     from run_steps s where s.workflow_id = $1 and s.name = $2 and s.occurrence = $3`,
    [input.id, input.step, input.occurrence],
  )
  if (row === undefined) throw problem('NOT_FOUND', 'This run kept no such step.')
  return row.step
})
