import type { Action, ActionHead, ActionId, Page, RunId } from '@holdpoint/protocol'
import { z } from 'zod'

import { decodeCursor, pageOf } from '../database/keyset.ts'
import { problem } from '../database/problem.ts'
import { cursor, id, limit, query } from '../trpc/procedure.ts'
import { actionHeadJson, actionJson } from './queries.ts'

/** A run's external effects, newest first, without what was sent and answered. */
export const actions = query
  .input(z.object({ id: id<RunId>(), cursor, limit: limit(200, 50) }))
  .query(async ({ ctx, input }): Promise<Page<ActionHead>> => {
    const from = input.cursor ? decodeCursor(input.cursor) : ['infinity', null]
    const rows = await ctx.database.read<{ row: ActionHead; key: [string, string] }>(
      `select ${actionHeadJson('a')} as row, array[a.intended_at::text, a.action_id::text] as key
       from (select * from actions where workflow_id = $1 and (intended_at, action_id)
           < ($2::timestamptz, coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
         order by intended_at desc, action_id desc limit $4) a
       order by a.intended_at desc, a.action_id desc`,
      [input.id, ...from, input.limit + 1],
    )
    return pageOf(rows, input.limit)
  })

export interface ActionRead {
  readonly action: Action
  /** The action of the same tool before it in this run, for comparing. */
  readonly previous: ActionId | null
}

/** One action with what was sent and answered. */
export const action = query
  .input(z.object({ id: id<RunId>(), actionId: id<ActionId>() }))
  .query(async ({ ctx, input }): Promise<ActionRead> => {
    const [row] = await ctx.database.read<ActionRead>(
      `select ${actionJson('a')} as action, (
         select p.action_id from actions p where p.workflow_id = a.workflow_id and p.tool = a.tool
           and (p.intended_at, p.action_id) < (a.intended_at, a.action_id)
         order by p.intended_at desc, p.action_id desc limit 1) as previous
       from actions a where a.workflow_id = $1 and a.action_id = $2`,
      [input.id, input.actionId],
    )
    if (row === undefined) throw problem('NOT_FOUND', 'This run has no such action.')
    return row
  })
