import type { Approval, Page, RunId } from '@holdpoint/protocol'
import { z } from 'zod'

import { decodeCursor, pageOf } from '../database/keyset.ts'
import { cursor, id, limit, query } from '../trpc/procedure.ts'
import { approvalJson, approvalTables } from './queries.ts'

// When the agent says that it asked is its claim.
const asked = 'q.asked_at'

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

/** Requests, of one run or of all: those that wait, longest first; or those that are settled, newest first. */
export const list = query
  .input(
    z.object({
      status: z.enum(['open', 'closed']),
      runId: id<RunId>().optional(),
      cursor,
      limit: limit(200, 50),
    }),
  )
  .query(async ({ ctx, input }): Promise<Page<Approval>> => {
    const { where, after, order } = input.status === 'open' ? open : closed
    const params: unknown[] = [input.limit + 1]
    const given = (value: unknown): string => `$${params.push(value)}`
    const conditions: string[] = [where]
    if (input.runId !== undefined) conditions.push(`q.workflow_id = ${given(input.runId)}::uuid`)
    if (input.cursor) {
      const [time, last] = decodeCursor(input.cursor)
      conditions.push(`${after} (${given(time)}::timestamptz, ${given(last)}::uuid)`)
    }
    const rows = await ctx.database.read<{ row: Approval; key: [string, string] }>(
      `select ${approvalJson} as row, array[(${asked})::text, q.approval_id::text] as key from ${approvalTables}
       where ${conditions.join(' and ')} order by ${order} limit $1`,
      params,
    )
    return pageOf(rows, input.limit)
  })
