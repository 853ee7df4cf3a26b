import { createHash } from 'node:crypto'

import type { Run } from '@holdpoint/protocol'
import canonicalize from 'canonicalize'

import { one, type Session } from './refusal.ts'

/** A plain-SQL agent's statements, as its author would write them. */
export async function startPlain(
  session: Session,
  { agent = 'alpha', status = 'running', parent, limits }: PlainRun = {},
): Promise<string> {
  const { workflow_id } = await one<{ workflow_id: string }>(
    session,
    `insert into workflow_checkpoints (agent_id, current_step, status, parent_id, limit_tokens, limit_steps)
     values ($1, 'step_1', $2, $3, $4, $5) returning workflow_id`,
    [agent, status, parent ?? null, limits?.tokens ?? null, limits?.steps ?? null],
  )
  return workflow_id
}

interface PlainRun {
  agent?: string
  status?: string
  parent?: string
  limits?: { tokens?: number | null; steps?: number | null }
}

export const writeStep = async (session: Session, run: string, step: string) =>
  session.query('update workflow_checkpoints set current_step = $2 where workflow_id = $1', [
    run,
    step,
  ])

export const pauseItself = async (session: Session, run: string) =>
  session.query(
    `update workflow_checkpoints set status = 'paused', paused_at = now(), current_step = 'awaiting_approval'
     where workflow_id = $1`,
    [run],
  )

export const setStatus = async (session: Session, run: string, status: string) =>
  session.query('update workflow_checkpoints set status = $2 where workflow_id = $1', [run, status])

export async function requestApproval(
  session: Session,
  run: string,
  by = 'alpha',
): Promise<string> {
  const { approval_id } = await one<{ approval_id: string }>(
    session,
    'insert into approval_queue (workflow_id, requested_by) values ($1, $2) returning approval_id',
    [run, by],
  )
  return approval_id
}

export interface Request {
  tool?: string
  target?: string | null
  arguments?: unknown
  expires_at?: Date | null
  [column: string]: unknown
}

/** Asks for exactly this call. */
export async function askFor(
  session: Session,
  run: string,
  { arguments: args = REFUND, ...more }: Request = {},
): Promise<string> {
  return writeRequest(session, run, { tool: 'refund', arguments: JSON.stringify(args), ...more })
}

/** A request of no more columns than these and the two that it needs. */
export async function writeRequest(
  session: Session,
  run: string,
  columns: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const row: Record<string, unknown> = { workflow_id: run, requested_by: 'alpha', ...columns }
  const names = Object.keys(row)
  const { approval_id } = await one<{ approval_id: string }>(
    session,
    `insert into approval_queue (${names.join(', ')}) values (${names.map((_, n) => `$${n + 1}`).join(', ')})
     returning approval_id`,
    Object.values(row),
  )
  return approval_id
}

/** The columns of a request that agents may write; `admin` reads them. */
export async function columnsOfRequests(admin: Session): Promise<string[]> {
  const { rows } = await admin.query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = 'approval_queue'::regclass and attnum > 0
      and not attisdropped and has_column_privilege('agent_worker', attrelid, attnum, 'insert')`,
  )
  return rows.map(({ name }) => name).toSorted()
}

export const REFUND: object = { order: 7, eur: 12.5 }

/** The action that such a request is about, as an SDK names it to the gate. */
export const callOf = (request: unknown = REFUND, more: object = {}) => ({
  key: 'refund-1',
  tool: 'refund',
  target: null,
  request,
  digest: digestOf(canonicalize(request) ?? ''),
  ...more,
})

export const beginCall = async (
  session: Session,
  run: string,
  request: unknown = REFUND,
  more: { key?: string; epoch?: number; [name: string]: unknown } = {},
): Promise<GateAnswer> => {
  const { epoch = 1, ...call } = more
  return beginAction(session, run, epoch, callOf(request, call))
}

export const writeTask = async (session: Session, run: string, agent = 'alpha') =>
  session.query(
    `insert into tasks (agent_id, workflow_id, status) values ($1, $2, 'running') returning id`,
    [agent, run],
  )

export const writeAudit = async (session: Session, run: string, agent = 'alpha') =>
  session.query(
    `insert into agent_audit_log (agent_id, workflow_id, action, target_table) values ($1, $2, 'update', 'orders')`,
    [agent, run],
  )

/** What an SDK calls. */
export async function startRun(session: Session, more: object = {}): Promise<string> {
  const spec = { agentId: 'alpha', worker: 'worker-1', leaseMs: 3_600_000, step: 'plan', ...more }
  const { run } = await one<{ run: { id: string } }>(session, 'select start_run($1) as run', [spec])
  return run.id
}

/** Leaves a run for any worker. */
export async function enqueueRun(session: Session, more: object = {}): Promise<string> {
  const spec = { agentId: 'alpha', step: 'plan', ...more }
  const { run } = await one<{ run: { id: string } }>(session, 'select enqueue_run($1) as run', [
    spec,
  ])
  return run.id
}

export interface GateAnswer {
  decision: 'allow' | 'done' | 'hold' | 'deny'
  code?: string
  actionId?: string
  attempt?: number
  stopReason?: string
  response?: unknown
  request?: unknown
  why?: string
}

export const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex')

export async function beginAction(
  session: Session,
  run: string,
  epoch = 1,
  call: { key?: string; [name: string]: unknown } = {},
): Promise<GateAnswer> {
  const key = call.key ?? 'key-1'
  const full = { tool: 'send_email', target: 'a@example.com', digest: digestOf(key), ...call, key }
  const { answer } = await one<{ answer: GateAnswer }>(
    session,
    'select begin_action($1, $2, $3) as answer',
    [run, epoch, full],
  )
  return answer
}

export async function endAction(
  session: Session,
  run: string,
  action: string,
  outcome: { state: string; [name: string]: unknown },
  epoch = 1,
): Promise<{ accepted: boolean; late: boolean }> {
  const { answer } = await one<{ answer: { accepted: boolean; late: boolean } }>(
    session,
    'select end_action($1, $2, $3, $4) as answer',
    [run, epoch, action, outcome],
  )
  return answer
}

/** Begins an action that the test needs to be allowed. @returns its id */
export async function allowedAction(
  session: Session,
  run: string,
  epoch = 1,
  key = 'key-1',
): Promise<string> {
  const { decision, actionId } = await beginAction(session, run, epoch, { key })
  if (decision !== 'allow' || actionId === undefined) throw new Error(`The gate said ${decision}.`)
  return actionId
}

export const beginStep = async (
  session: Session,
  run: string,
  epoch: number,
  name: string,
  occurrence = 1,
): Promise<GateAnswer> =>
  one<{ answer: GateAnswer }>(session, 'select begin_step($1, $2, $3, $4) as answer', [
    run,
    epoch,
    name,
    occurrence,
  ]).then(({ answer }) => answer)

export const endStep = async (
  session: Session,
  run: string,
  epoch: number,
  name: string,
  outcome: object = {},
) => session.query('select end_step($1, $2, $3, 1, $4)', [run, epoch, name, outcome])

export interface Claim {
  run: Run
  memory: unknown
  steps: unknown[]
}

/** What a worker says of itself: which version of the run's skill it runs. */
export interface Can {
  skill?: string
  version?: string
  resumes?: string[]
}

export const claimRun = async (
  session: Session,
  run: string,
  worker = 'worker-2',
  can: Can | null = null,
): Promise<Claim> =>
  one<{ claim: Claim }>(session, 'select claim_run($1, $2, 3600000, $3) as claim', [
    run,
    worker,
    can,
  ]).then(({ claim }) => claim)

/** @returns null when there is nothing to do */
export const claimNext = async (
  session: Session,
  worker = 'worker-2',
  wanted: Can[] | null = null,
  agent = 'alpha',
): Promise<Claim | null> =>
  one<{ claim: Claim | null }>(session, 'select claim_next($1, $2, 3600000, $3) as claim', [
    agent,
    worker,
    wanted === null ? null : JSON.stringify(wanted),
  ]).then(({ claim }) => claim)

export const letGo = async (session: Session, run: string, epoch = 1): Promise<Run> =>
  one<{ state: Run }>(session, `select release_run($1, $2, 'going down') as state`, [
    run,
    epoch,
  ]).then(({ state }) => state)
