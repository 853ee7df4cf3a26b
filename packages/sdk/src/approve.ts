import type { Answer, ApprovalKind, Consequence, Grade, OnExpiry } from '@holdpoint/protocol'

import { hasCode } from './database-errors.ts'
import { ApprovalExpiredError, RunEndedError } from './errors.ts'
import { goOn, untilFree } from './go-on.ts'
import type { Json } from './json.ts'
import { stableId } from './keys.ts'
import type { LeasedRun } from './leased-run.ts'
import { digestOf, payload, shortText } from './payload.ts'

export interface ApprovalRequest {
  /**
   * An action unless given. `output`: `arguments` is what is about to be returned, and a person grades it. `change`: to a
   * skill, a rubric or a policy; `tool` makes it and `arguments` are `{ what, name, from, to }`.
   */
  readonly kind?: ApprovalKind
  readonly tool: string
  readonly target?: string | undefined
  /** Exactly what will run: the decision is bound to its digest, and the gate lets nothing else run for it. At most 256 KiB. */
  readonly arguments?: unknown
  /** Why, in the agent's words, for the reviewer. */
  readonly reason?: string
  readonly reversible?: boolean
  readonly risk?: 'low' | 'medium' | 'high'
  /** JSON Schema of the arguments: what a reviewer changes is held against it. At most 64 KiB. */
  readonly schema?: object
  /** What will change, for the reviewer. At most 64 KiB. */
  readonly consequence?: Consequence
  /** The answers that make sense; all of them unless given. */
  readonly allowed?: readonly Answer[]
  /** Whom it is meant for. */
  readonly assignees?: readonly string[]
  readonly expiresAt?: Date
  /** What becomes of it then: it stays held unless given, also for `escalate` where no policy names whom to ask. */
  readonly onExpiry?: OnExpiry
}

export type ApprovalAnswer =
  | {
      readonly decision: 'approved'
      readonly approvalId: string
      /** What may run: what was asked for, or what the reviewer made of it. */
      readonly arguments: Json
      readonly edited: boolean
      /** Of an output. */
      readonly grade: Grade | null
    }
  | {
      readonly decision: 'rejected'
      readonly approvalId: string
      readonly reason: string | null
      readonly grade: Grade | null
    }

interface ApprovalRow {
  decision: 'approved' | 'rejected' | null
  decision_reason: string | null
  arguments: Json
  edited: boolean
  grade: Grade | null
  expired: boolean
  closed_why: string | null
  closed: boolean
}

const LOOK_AGAIN_MS = 30_000

/**
 * Inserts the request (once, also across restarts), waits for the decision and takes the run's own edge back.
 * @throws ApprovalExpiredError where it was closed because nobody decided in time
 */
export async function askApproval(
  leased: LeasedRun,
  step: { readonly name: string; readonly occurrence: number },
  nth: number,
  request: ApprovalRequest,
): Promise<ApprovalAnswer> {
  const args = payload(request.arguments, 'arguments', leased.redact)
  const digest = digestOf(args)
  const id = stableId('approval', leased.id, step.name, step.occurrence, nth, request.tool, digest)
  await insertOnce(leased, id, [
    shortText(leased.agent, 200),
    shortText(request.tool, 200),
    request.target === undefined ? null : shortText(request.target, 1000),
    JSON.stringify(args),
    digest,
    request.reason === undefined ? null : shortText(request.reason, 4000),
    request.reversible ?? null,
    request.risk ?? null,
    request.expiresAt?.toISOString() ?? null,
    request.schema === undefined ? null : JSON.stringify(request.schema),
    request.consequence === undefined
      ? null
      : JSON.stringify(payload(request.consequence, 'arguments', leased.redact)),
    request.allowed ?? null,
    request.assignees ?? [],
    request.onExpiry ?? 'hold',
    request.kind ?? 'action',
  ])
  const row = await untilDecided(leased, id)
  await goOn(leased)
  if (row.expired) throw new ApprovalExpiredError('Nobody decided in time what was asked for.')
  return row.decision === 'approved'
    ? {
        decision: 'approved',
        approvalId: id,
        arguments: row.arguments,
        edited: row.edited,
        grade: row.grade,
      }
    : { decision: 'rejected', approvalId: id, reason: row.decision_reason, grade: row.grade }
}

const READ_APPROVAL = `select decision, decision_reason, closed_why, closed_at is not null as closed,
    arguments, edited_by is not null as edited,
    (select g.grade from grades g where g.approval_id = approval_queue.approval_id) as grade, expired_at is not null as expired
  from approval_queue where approval_id = $1`

async function read(leased: LeasedRun, id: string): Promise<ApprovalRow | undefined> {
  const { signal } = leased
  return (await leased.database.query<ApprovalRow>(READ_APPROVAL, [id], { signal }))[0]
}

// Only while this worker holds the run: a plain insert knows no epoch by itself.
const INSERT_APPROVAL = `insert into approval_queue (approval_id, workflow_id, requested_by, tool, target,
    arguments, digest, agent_reason, reversible, risk, expires_at,
    arguments_schema, consequence, allowed, assignees, on_expiry, kind)
  select $1, w.workflow_id, $4, $5, $6, $7::jsonb, $8, $9, $10, $11, $12::timestamptz,
    $13::jsonb, $14::jsonb, $15::text[], $16::text[], $17, $18
  from workflow_checkpoints w where w.workflow_id = $2 and w.epoch = $3
  on conflict (approval_id) do nothing returning approval_id`

async function insertOnce(
  leased: LeasedRun,
  id: string,
  values: readonly (string | boolean | null | readonly string[])[],
): Promise<void> {
  for (;;) {
    if ((await read(leased, id)) !== undefined) return
    try {
      const rows = await leased.database.query(
        INSERT_APPROVAL,
        () => [id, leased.id, leased.epoch, ...values],
        { signal: leased.signal },
      )
      if (rows.length === 0 && (await read(leased, id)) === undefined) await leased.reclaim()
    } catch (error) {
      if (!hasCode(error, 'RUN_HELD')) throw error
      await untilFree(leased)
    }
  }
}

async function untilDecided(leased: LeasedRun, id: string): Promise<ApprovalRow> {
  return leased.whileHeld(async () => {
    for (;;) {
      const version = leased.version
      const row = await read(leased, id)
      if (row === undefined) throw new RunEndedError('The approval that was asked for is gone.')
      if (row.closed && row.expired) return row
      if (row.closed)
        throw new RunEndedError(`The approval closed: ${row.closed_why ?? 'no reason given'}.`)
      if (row.decision !== null) return row
      if (leased.version === version) await leased.seen(LOOK_AGAIN_MS)
    }
  })
}
