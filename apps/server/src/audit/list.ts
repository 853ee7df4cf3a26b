import type { AuditRow, Page, RunId } from '@holdpoint/protocol'
import { z } from 'zod'

import { decodeCursor, pageOf } from '../database/keyset.ts'
import { agentId, cursor, id, limit, query } from '../trpc/procedure.ts'

const auditJson = `jsonb_build_object(
  'id', l.log_id, 'agentId', l.agent_id, 'runId', l.workflow_id, 'actor', l.actor, 'login', l.login,
  'action', l.action, 'targetTable', l.target_table, 'targetRowId', l.target_row_id,
  'dataBefore', l.data_before, 'dataAfter', l.data_after, 'credentials', l.credentials, 'loggedAt', l.logged_at,
  'seenAt', l.seen_at, 'late', l.late)`

/** The log that operators and agents share, newest first by the database's clock. */
export const list = query
  .input(
    z
      .object({
        runId: id<RunId>().optional(),
        agentId: agentId.optional(),
        cursor,
        limit: limit(200, 50),
      })
      .prefault({}),
  )
  .query(async ({ ctx, input }): Promise<Page<AuditRow>> => {
    const params: unknown[] = [input.limit + 1]
    const given = (value: unknown): string => `$${params.push(value)}`
    const where: string[] = []
    if (input.runId !== undefined) where.push(`l.workflow_id = ${given(input.runId)}::uuid`)
    if (input.agentId !== undefined) where.push(`l.agent_id = ${given(input.agentId)}`)
    if (input.cursor) {
      const [time, last] = decodeCursor(input.cursor)
      where.push(`(l.seen_at, l.log_id) < (${given(time)}::timestamptz, ${given(last)}::uuid)`)
    }
    const rows = await ctx.database.read<{ row: AuditRow; key: [string, string] }>(
      `select ${auditJson} as row, array[l.seen_at::text, l.log_id::text] as key from agent_audit_log l
       ${where.length === 0 ? '' : `where ${where.join(' and ')}`}
       order by l.seen_at desc, l.log_id desc limit $1`,
      params,
    )
    return pageOf(rows, input.limit)
  })
