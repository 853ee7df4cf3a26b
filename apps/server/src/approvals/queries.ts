import type { Approval, ApprovalId } from '@holdpoint/protocol'
import { z } from 'zod'

import type { Database } from '../database/database.ts'
import { problem } from '../database/problem.ts'

/** The version of a request that was looked at. */
export const version = z.number().int().min(1)

/** A request beside the run it waits in: `q` approval_queue, `w` workflow_checkpoints. */
export const approvalJson = `jsonb_build_object(
  'id', q.approval_id, 'runId', q.workflow_id, 'requestedBy', q.requested_by, 'requestedAt', q.requested_at,
  'askedAt', q.asked_at, 'lacksSince', q.lacks_since,
  'tool', q.tool, 'target', q.target, 'arguments', q.arguments,
  'kind', q.kind, 'version', q.version, 'originalArguments', q.original_arguments, 'editedBy', q.edited_by,
  'argumentsSchema', q.arguments_schema, 'consequence', q.consequence, 'allowed', q.allowed, 'assignees', q.assignees, 'handedOn', q.handed_on, 'changes', change_of(q.kind, q.arguments),
  'onExpiry', q.on_expiry, 'expiredAt', q.expired_at, 'consumedBy', q.consumed_by, 'consumedAt', q.consumed_at,
  'policy', (select jsonb_build_object('id', p.policy_id, 'name', p.name, 'version', p.version) from approval_policies p
    where p.policy_id = q.policy_id and p.version = q.policy_version),
  'grade', (select g.grade from grades g where g.approval_id = q.approval_id), 'quorum', q.quorum, 'fourEyes', q.four_eyes, 'nextAsked', q.escalation -> q.escalated -> 'to',
  'votes', (select coalesce(jsonb_agg(jsonb_build_object('actor', v.actor, 'vote', v.vote, 'reason', v.reason, 'at', v.voted_at,
    'counts', v.digest = coalesce(q.digest, ''),
    'voidSince', (select since from vote_void_since(v.person, v.actor, v.voted_at) since where q.decided_at is null or since < q.decided_at),
    'behind', q.decided_at is null and q.four_eyes and is_behind(q, v.person))
    order by v.voted_at), '[]') from approval_votes v where v.approval_id = q.approval_id),
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
