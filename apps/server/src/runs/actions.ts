import type { Action, Page, RunId } from '@holdpoint/protocol'
import { z } from 'zod'

import { decodeCursor, pageOf } from '../database/keyset.ts'
import { cursor, id, limit, query } from '../trpc/procedure.ts'
import { actionJson } from './queries.ts'

/** A run's external effects, newest first. */
export const actions = query
  .input(z.object({ id: id<RunId>(), cursor, limit: limit(200, 50) }))
  .query(async ({ ctx, input }): Promise<Page<Action>> => {
    const from = input.cursor ? decodeCursor(input.cursor) : ['infinity', null]
    const rows = await ctx.database.read<{ row: Action; key: [string, string] }>(
      `select ${actionJson('a')} as row, array[a.intended_at::text, a.action_id::text] as key from actions a
       where a.workflow_id = $1 and (a.intended_at, a.action_id)
         < ($2::timestamptz, coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
       order by a.intended_at desc, a.action_id desc limit $4`,
      [input.id, ...from, input.limit + 1],
    )
    return pageOf(rows, input.limit)
  })
