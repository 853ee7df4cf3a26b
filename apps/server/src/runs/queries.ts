import { z } from 'zod'

/** Events that one question may name: more than a screen shows, few enough to be read at once. */
export const sequences = z.array(z.number().int().min(1)).min(1).max(300)

/** A row of `actions` without its payloads: up to 512 KiB each, they are read one action at a time. */
export const actionHeadJson = (a: string): string => `jsonb_build_object(
  'id', ${a}.action_id, 'runId', ${a}.workflow_id, 'epoch', ${a}.epoch, 'step', ${a}.step, 'tool', ${a}.tool,
  'target', ${a}.target, 'idempotencyKey', ${a}.idempotency_key, 'digest', ${a}.digest,
  'state', ${a}.state, 'attempt', ${a}.attempt, 'reversible', ${a}.reversible,
  'error', ${a}.error, 'errorClass', ${a}.error_class, 'externalRef', ${a}.external_ref,
  'intendedAt', ${a}.intended_at, 'endedAt', ${a}.ended_at)`

/** A row of `actions`, in the words of the protocol. */
export const actionJson = (a: string): string => `(${actionHeadJson(a)} || jsonb_build_object(
  'request', ${a}.request, 'response', ${a}.response, 'late', ${a}.late, 'settledBy', ${a}.settled_by,
  'settledAt', ${a}.settled_at, 'settledWhy', ${a}.settled_why, 'approvalId', ${a}.approval_id, 'clearedBy', ${a}.cleared_by))`

export const holdJson = (h: string): string => `jsonb_build_object(
  'id', ${h}.hold_id, 'runId', ${h}.workflow_id, 'kind', ${h}.kind, 'stopReason', ${h}.stop_reason,
  'openedBy', ${h}.opened_by, 'why', ${h}.why, 'openedAt', ${h}.opened_at, 'clearedAt', ${h}.cleared_at,
  'clearedBy', ${h}.cleared_by, 'clearedWhy', ${h}.cleared_why, 'approvalId', ${h}.approval_id)`

/** A row of `run_steps` without its payloads. */
export const stepHeadJson = (s: string): string => `jsonb_build_object(
  'runId', ${s}.workflow_id, 'name', ${s}.name, 'occurrence', ${s}.occurrence, 'epoch', ${s}.epoch,
  'attempt', ${s}.attempt, 'state', ${s}.state, 'error', ${s}.error, 'startedAt', ${s}.started_at,
  'endedAt', ${s}.ended_at)`
