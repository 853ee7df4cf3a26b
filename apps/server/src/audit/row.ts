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
