import type { ApprovalId, ApprovalToAnswer } from '@holdpoint/protocol'
import { z } from 'zod'

import { problem } from '../database/problem.ts'
import { id, query } from '../trpc/procedure.ts'
import { approvalJson, approvalTables } from './queries.ts'

/** One request, and what the caller may do with it. */
export const get = query
  .input(z.object({ id: id<ApprovalId>() }))
  .query(async ({ ctx, input }): Promise<ApprovalToAnswer> => {
    const [row] = await ctx.database.read<{ approval: ApprovalToAnswer }>(
      `select ${approvalJson} || jsonb_build_object('replies', answers_of(q.approval_id, $2),
         'lacksPeople', lacks_people(q.approval_id)) as approval
       from ${approvalTables} where q.approval_id = $1`,
      [input.id, ctx.caller.actor],
    )
    if (row === undefined) throw problem('APPROVAL_NOT_FOUND')
    return row.approval
  })
