import type { ChangeSubject, NoticeClass } from '@holdpoint/protocol'
import type { Pool } from 'pg'

/** An event as the record has it when its message is sent. All text may be the agent's. */
export interface NoticeRecord {
  readonly id: string
  readonly class: NoticeClass | 'test'
  readonly at: string
  readonly agentId: string | null
  readonly runId: string | null
  readonly actor: string
  readonly detail: {
    readonly why?: string
    readonly tool?: string
    readonly target?: string
    /** What became of a request: delegated, escalated, extended. */
    readonly change?: string
  } | null
  /** The run's after the event. */
  readonly state: {
    readonly status: string
    readonly stopReason: string | null
    readonly stopDetail: string | null
    readonly goal: string | null
    readonly step: string | null
  } | null
  /** As it is now. */
  readonly approval: {
    readonly id: string
    readonly tool: string | null
    readonly target: string | null
    readonly kind: string
    /** Of a change, what it would make live. */
    readonly changes: ChangeSubject | null
    readonly agentReason: string | null
    readonly risk: string | null
    /** Whom it is meant for, as in operator:ana; none: whoever may decide. */
    readonly assignees: readonly string[]
    readonly expiresAt: string | null
    readonly decision: string | null
    readonly decidedBy: string | null
    readonly decidedAt: string | null
    readonly decisionReason: string | null
    readonly closedAt: string | null
  } | null
  /** Of what is no event of a run. */
  readonly facts: Readonly<
    Partial<Record<'by' | 'why' | 'loop' | 'goal' | 'overdueSince' | 'finding' | 'found', string>>
  > | null
}

const readRecord = `
  select jsonb_build_object('id', n.notification_id, 'class', n.class, 'at', n.event_at, 'agentId', n.agent_id,
    'runId', n.workflow_id, 'actor', coalesce(e.actor, ''), 'detail', e.detail, 'state', e.state, 'facts', n.facts,
    'approval', case when q.approval_id is not null then jsonb_build_object('id', q.approval_id, 'tool', q.tool,
      'target', q.target, 'kind', q.kind, 'changes', change_of(q.kind, q.arguments), 'agentReason', q.agent_reason, 'risk', q.risk, 'assignees', q.assignees, 'expiresAt', q.expires_at, 'decision', q.decision,
      'decidedBy', q.decided_by, 'decidedAt', q.decided_at, 'decisionReason', q.decision_reason, 'closedAt', q.closed_at)
      end) as record
  from notifications n
  left join run_events e on e.workflow_id = n.workflow_id and e.seq = n.seq and e.at = n.event_at
  left join approval_queue q on q.approval_id = case when e.kind like 'approval.%' then (e.detail ->> 'approvalId')::uuid end
  where n.notification_id = $1`

/** @returns undefined where its channel was removed meanwhile */
export async function readNotice(pool: Pool, id: string): Promise<NoticeRecord | undefined> {
  const { rows } = await pool.query<{ record: NoticeRecord }>(readRecord, [id])
  return rows[0]?.record
}
