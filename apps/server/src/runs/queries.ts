/** A row of `actions`, in the words of the protocol. */
export const actionJson = (a: string): string => `jsonb_build_object(
  'id', ${a}.action_id, 'runId', ${a}.workflow_id, 'epoch', ${a}.epoch, 'step', ${a}.step, 'tool', ${a}.tool,
  'target', ${a}.target, 'idempotencyKey', ${a}.idempotency_key, 'request', ${a}.request, 'digest', ${a}.digest,
  'state', ${a}.state, 'attempt', ${a}.attempt, 'reversible', ${a}.reversible, 'response', ${a}.response,
  'error', ${a}.error, 'errorClass', ${a}.error_class, 'externalRef', ${a}.external_ref, 'late', ${a}.late,
  'intendedAt', ${a}.intended_at, 'endedAt', ${a}.ended_at)`

export const holdJson = (h: string): string => `jsonb_build_object(
  'id', ${h}.hold_id, 'runId', ${h}.workflow_id, 'kind', ${h}.kind, 'stopReason', ${h}.stop_reason,
  'openedBy', ${h}.opened_by, 'why', ${h}.why, 'openedAt', ${h}.opened_at, 'clearedAt', ${h}.cleared_at,
  'clearedBy', ${h}.cleared_by, 'clearedWhy', ${h}.cleared_why, 'approvalId', ${h}.approval_id)`

export const stepJson = (s: string): string => `jsonb_build_object(
  'runId', ${s}.workflow_id, 'name', ${s}.name, 'occurrence', ${s}.occurrence, 'epoch', ${s}.epoch,
  'attempt', ${s}.attempt, 'state', ${s}.state, 'input', ${s}.input, 'result', ${s}.result, 'error', ${s}.error,
  'startedAt', ${s}.started_at, 'endedAt', ${s}.ended_at)`
