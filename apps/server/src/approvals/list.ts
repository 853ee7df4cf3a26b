import type { Approval } from '@holdpoint/protocol'
import { z } from 'zod'

import { decodeCursor, type Page, pageOf } from '../database/keyset.ts'
import { limit, query } from '../trpc/procedure.ts'
import { approvalJson, approvalTables } from './queries.ts'

// When it was asked for is the agent's claim and may be missing.
const asked = `coalesce(q.requested_at, '-infinity')`

const open = {
  where: 'q.decision is null and q.closed_at is null',
  after: `(${asked}, q.approval_id) >`,
  order: `${asked}, q.approval_id`,
} as const
const closed = {
  where: '(q.decision is not null or q.closed_at is not null)',
  after: `(${asked}, q.approval_id) <`,
  order: `${asked} desc, q.approval_id desc`,
} as const

/** Requests: those that wait, longest first; or those that are settled, newest first. */
export const list = query
  .input(
    z.object({
      status: z.enum(['open', 'closed']),
      cursor: z.string().max(500).nullish(),
      limit: limit(200, 50),
    }),
  )
  .query(async ({ ctx, input }): Promise<Page<Approval>> => {
    const { where, after, order } = input.status === 'open' ? open : closed
    const from = input.cursor ? decodeCursor(input.cursor) : undefined
    const rows = await ctx.database.read<{ row: Approval; key: [string, string] }>(
      `select ${approvalJson} as row, array[(${asked})::text, q.approval_id::text] as key from ${approvalTables}
       where ${where} ${from === undefined ? '' : `and ${after} ($2::timestamptz, $3::uuid)`}
       order by ${order} limit $1`,
      [input.limit + 1, ...(from ?? [])],
    )
    return pageOf(rows, input.limit)
  })
