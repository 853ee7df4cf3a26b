import type { Approval, ApprovalId } from '@holdpoint/protocol'

import type { Database } from '../database/database.ts'
import { problem } from '../database/problem.ts'

/** A request beside the run it waits in: `q` approval_queue, `w` workflow_checkpoints. */
export const approvalJson = `jsonb_build_object(
  'id', q.approval_id, 'runId', q.workflow_id, 'requestedBy', q.requested_by, 'requestedAt', q.requested_at,
  'tool', q.tool, 'target', q.target, 'arguments', q.arguments,
  'kind', q.kind, 'version', q.version, 'originalArguments', q.original_arguments, 'editedBy', q.edited_by,
  'argumentsSchema', q.arguments_schema, 'consequence', q.consequence, 'allowed', q.allowed, 'assignees', q.assignees,
  'onExpiry', q.on_expiry, 'expiredAt', q.expired_at, 'consumedBy', q.consumed_by, 'consumedAt', q.consumed_at,
  'stepInput', case when q.tool is null and q.decision is null and q.closed_at is null then w.step_input end, 'agentReason', q.agent_reason,
  'reversible', q.reversible, 'risk', q.risk, 'digest', q.digest, 'requestedLogin', q.requested_login,
  'expiresAt', q.expires_at, 'decision', q.decision, 'decidedBy', q.decided_by, 'decidedAt', q.decided_at,
  'decisionReason', q.decision_reason, 'closedAt', q.closed_at, 'closedWhy', q.closed_why, 'run', run_state(w))`

export const approvalTables = `approval_queue q join workflow_checkpoints w on w.workflow_id = q.workflow_id`

/** @throws Problem APPROVAL_NOT_FOUND */
export async function readApproval(database: Database, id: ApprovalId): Promise<Approval> {
  const [row] = await database.read<{ approval: Approval }>(
    `select ${approvalJson} as approval from ${approvalTables} where q.approval_id = $1`,
    [id],
  )
  if (row === undefined) throw problem('APPROVAL_NOT_FOUND')
  return row.approval
}
