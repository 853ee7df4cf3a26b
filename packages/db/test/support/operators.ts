import type { Run } from '@holdpoint/protocol'
import type { Pool } from 'pg'

import { one, outcomeOf, type Session } from './refusal.ts'

export const ANA = 'operator:ana'
export const BO = 'operator:bo'

const verb = async (session: Session, name: string, run: string, actor: string, why: string) =>
  one<{ state: Run }>(session, `select ${name}($1, $2, $3) as state`, [run, actor, why]).then(
    ({ state }) => state,
  )

export const pause = async (session: Session, run: string, actor = ANA) =>
  verb(session, 'pause_run', run, actor, 'looking')
export const resume = async (session: Session, run: string, actor = ANA) =>
  verb(session, 'resume_run', run, actor, 'looked')
export const kill = async (session: Session, run: string, actor = ANA) =>
  verb(session, 'kill_run', run, actor, 'enough')

export async function decide(
  session: Session,
  approval: string,
  verdict: 'approved' | 'rejected' = 'approved',
  actor = ANA,
): Promise<Run> {
  return verb(session, `decide_approval`, approval, actor, verdict)
}

/** A decision on the version that was looked at, perhaps with other arguments. */
export const decideOn = async (
  session: Session,
  approval: string,
  verdict: 'approved' | 'rejected',
  { version = 1, edited, actor = ANA }: { version?: number; edited?: unknown; actor?: string } = {},
): Promise<Run> =>
  one<{ state: Run }>(session, `select decide_approval($1, $2, $3, 'seen', $4, $5) as state`, [
    approval,
    actor,
    verdict,
    version,
    edited === undefined ? null : JSON.stringify(edited),
  ]).then(({ state }) => state)

/** As if its deadline had been a moment ago. */
export const makeDue = async (owner: Pool, approval: string): Promise<unknown> =>
  owner.query(
    `update approval_queue set expires_at = clock_timestamp() - interval '1 ms' where approval_id = $1`,
    [approval],
  )

/** A person's word on an action of which nobody knew whether it landed. */
export const settle = async (
  session: Session,
  action: string,
  landed: boolean,
  { actor = ANA, response = null }: { actor?: string; response?: unknown } = {},
): Promise<Run> =>
  one<{ state: Run }>(session, 'select settle_action($1, $2, $3, $4, $5) as state', [
    action,
    actor,
    landed,
    'looked at the other side',
    response === null ? null : JSON.stringify(response),
  ]).then(({ state }) => state)

export const raise = async (
  session: Session,
  run: string,
  limits: object,
  actor = ANA,
): Promise<Run> =>
  one<{ state: Run }>(session, 'select raise_limits($1, $2, $3) as state', [
    run,
    actor,
    limits,
  ]).then(({ state }) => state)

/** The three steps by which the server isolates an agent. */
export async function isolate(server: Pool, agent: string, actor = ANA): Promise<void> {
  await server.query(`select lock_agent_login($1, $2, 'strange')`, [agent, actor])
  await server.query('select end_agent_sessions($1, $2)', [agent, actor])
  await server.query(`select hold_agent_runs($1, $2, 'strange')`, [agent, actor])
}

/** As if its worker had died long ago: the lease is over and the sweep has been. */
export async function loseWorker(owner: Pool, server: Pool, run: string): Promise<void> {
  await owner.query(
    `update run_leases set lease_until = clock_timestamp() - interval '1 s' where workflow_id = $1`,
    [run],
  )
  const lease = 'select from run_leases where workflow_id = $1'
  // A sweep passes over a run that is still locked by a call that was just refused.
  do await server.query('select sweep_lost_runs()')
  while ((await owner.query(lease, [run])).rowCount !== 0)
}

/** Leaves nothing that lives, and so nothing to claim. */
export async function killAll(admin: Pool, server: Pool): Promise<void> {
  const { rows } = await admin.query<{ workflow_id: string }>(
    `select workflow_id from workflow_checkpoints where status not in ('complete', 'failed', 'killed')`,
  )
  for (const { workflow_id } of rows) await outcomeOf(kill(server, workflow_id))
}

export async function runOf(session: Session, run: string): Promise<Run> {
  const { state } = await one<{ state: Run }>(
    session,
    'select run_state(w) as state from workflow_checkpoints w where workflow_id = $1',
    [run],
  )
  return state
}
