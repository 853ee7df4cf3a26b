import { everyWordFor } from '@holdpoint/protocol'

/** As whose a row is shown that has no actor. */
export const nobody = 'unknown'

/** An audit row of `l` as `AuditRow`. Rows from before Holdpoint have no actor, and perhaps no action. */
export const auditJson = (before = 'l.data_before', after = 'l.data_after'): string =>
  `jsonb_build_object(
  'id', l.log_id, 'agentId', l.agent_id, 'runId', l.workflow_id, 'actor', coalesce(l.actor, '${nobody}'),
  'login', l.login, 'action', coalesce(l.action, ''), 'targetTable', l.target_table, 'targetRowId', l.target_row_id,
  'dataBefore', ${before}, 'dataAfter', ${after}, 'credentials', l.credentials, 'loggedAt', l.logged_at,
  'seenAt', l.seen_at, 'late', l.late)`

/** An instant to the microsecond, as text that needs no zone to be known. */
export const utcText = (time: string): string =>
  `to_char((${time}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`

const rowId = `case when pg_input_is_valid(l.target_row_id, 'uuid') then l.target_row_id::uuid end`

const ofStanding = everyWordFor('standing_approvals')
  .map(
    (table) =>
      `when '${table}' then (select left(u.tool, 200) from standing_approvals u where u.standing_id = ${rowId})`,
  )
  .join('\n    ')

/**
 * What `l` is about, as `AuditAbout`: each by its key, for the rows of a page. Agents write in the log, too: what an
 * agent's row names is looked up in its own run alone, and people's policies and channels not at all.
 */
export const aboutJson = `jsonb_build_object(
  'goal', (select left(w.goal, 200) from workflow_checkpoints w where w.workflow_id = l.workflow_id),
  'asked', case l.target_table
    when 'actions' then (
      select jsonb_build_object('kind', 'action', 'tool', left(a.tool, 200), 'target', left(a.target, 200), 'changes', null)
      from actions a where a.action_id = ${rowId} and a.workflow_id = l.workflow_id)
    when 'approval_queue' then (
      select jsonb_build_object('kind', q.kind, 'tool', left(q.tool, 200), 'target', left(q.target, 200),
        'changes', change_of(q.kind, q.arguments))
      from approval_queue q where q.approval_id = ${rowId} and q.workflow_id = l.workflow_id) end,
  'name', case when l.actor not like 'agent:%' then case l.target_table
    when 'approval_policies' then (select p.name from approval_policies p where p.policy_id = ${rowId} order by p.version desc limit 1)
    ${ofStanding}
    when 'notification_channels' then (select n.name from notification_channels n where n.channel_id = ${rowId}) end end)`
