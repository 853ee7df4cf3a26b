import type { AuditRow, Instant } from '@holdpoint/protocol'
import { z } from 'zod'

import { problem } from '../database/problem.ts'
import { id, query } from '../trpc/procedure.ts'
import { auditJson } from './row.ts'

/** One row in full, with what else its writer claims. */
export type AuditDetail = AuditRow & {
  /** Of which moment the data is, as the writer says. */
  readonly dataTimestamp: Instant | null
  /** Who asked for the approval that this row is about, as the asker wrote it. */
  readonly requestedBy: string | null
}

export const get = query
  .input(z.object({ id: id<string>() }))
  .query(async ({ ctx, input }): Promise<AuditDetail> => {
    const [found] = await ctx.database.read<{ row: AuditDetail }>(
      `select ${auditJson()} || jsonb_build_object('dataTimestamp', l.data_timestamp, 'requestedBy',
         (select q.requested_by from approval_queue q
          where l.target_table = 'approval_queue' and q.approval_id::text = l.target_row_id
            and q.workflow_id = l.workflow_id)) as row
       from agent_audit_log l where l.log_id = $1`,
      [input.id],
    )
    if (found === undefined) throw problem('NOT_FOUND', 'The log has no such row.')
    return found.row
  })
