import type { ActionOutcome, AuditAbout, AuditRow, Instant } from '@holdpoint/protocol'
import { z } from 'zod'

import { problem } from '../database/problem.ts'
import { id, query } from '../trpc/procedure.ts'
import { aboutJson, auditJson } from './row.ts'

/** One row in full, with what else its writer claims. */
export type AuditDetail = AuditRow & {
  /** Of which moment the data is, as the writer says. */
  readonly dataTimestamp: Instant | null
  /** Who asked for the approval that this row is about, as the asker wrote it. */
  readonly requestedBy: string | null
  readonly about: AuditAbout
  /** Of a row with which an action began: what became of that attempt. */
  readonly outcome: ActionOutcome | null
}

// Agents write in the log, too: the ledger answers for actions of the row's own run alone.
const outcome = `(
  select jsonb_build_object('state', o.state, 'endedAt', o.ended_at, 'error', o.error, 'settledBy', o.settled_by)
  from actions a cross join lateral (
    select a.attempt, a.state, a.ended_at, a.error, a.settled_by
    union all
    select t.attempt, t.state, t.ended_at, t.error, null from action_attempts t where t.action_id = a.action_id) o
  where l.target_table = 'actions' and l.action like 'action.begin %' and a.workflow_id = l.workflow_id
    and a.action_id = case when pg_input_is_valid(l.target_row_id, 'uuid') then l.target_row_id::uuid end
    and o.attempt::text = l.data_after ->> 'attempt' limit 1)`

export const get = query
  .input(z.object({ id: id<string>() }))
  .query(async ({ ctx, input }): Promise<AuditDetail> => {
    const [found] = await ctx.database.read<{ row: AuditDetail }>(
      `select ${auditJson()} || jsonb_build_object('dataTimestamp', l.data_timestamp, 'requestedBy',
         (select q.requested_by from approval_queue q
          where l.target_table = 'approval_queue' and q.approval_id::text = l.target_row_id
            and q.workflow_id = l.workflow_id), 'outcome', ${outcome}, 'about', ${aboutJson}) as row
       from agent_audit_log l where l.log_id = $1`,
      [input.id],
    )
    if (found === undefined) throw problem('NOT_FOUND', 'The log has no such row.')
    return found.row
  })
