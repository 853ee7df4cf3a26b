import type { Action, RunId } from '@holdpoint/protocol'
import { z } from 'zod'

import { id, query } from '../trpc/procedure.ts'
import { actionJson } from './queries.ts'

/** Beyond so many nobody settles one by one. */
const many = 50

/** Actions of which nobody knows whether they landed, with what was sent; oldest first. */
export const unsettled = query
  .input(z.object({ id: id<RunId>() }))
  .query(async ({ ctx, input }): Promise<readonly Action[]> => {
    const rows = await ctx.database.read<{ row: Action }>(
      `select ${actionJson('a')} as row from actions a
       where a.workflow_id = $1 and a.state = 'unknown' order by a.intended_at, a.action_id limit ${many}`,
      [input.id],
    )
    return rows.map(({ row }) => row)
  })
