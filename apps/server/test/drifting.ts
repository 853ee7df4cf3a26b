import type { Run } from '@holdpoint/protocol'
import { DatabaseError, type Pool } from 'pg'

import { driftFeeder } from '../src/detections/feed.ts'

/** A run under a lease. @returns its id */
export async function startWorking(pool: Pool, agentId = 'a', more: object = {}): Promise<string> {
  const spec = { agentId, worker: 'w', leaseMs: 3_600_000, step: 'plan', ...more }
  const { rows } = await pool.query<{ id: string }>(`select start_run($1) ->> 'id' as id`, [spec])
  return rows[0]?.id ?? ''
}

let key = 0

interface Call {
  readonly tool?: string
  readonly request?: unknown
  readonly response?: unknown
  readonly error?: string
  readonly state?: string
}

/** One action through the gate, from its beginning to its end. @returns what the gate said */
export async function act(pool: Pool, run: string, call: Call = {}): Promise<string> {
  const { tool = 'search', request = { q: 'a parcel' }, response = { hits: [] }, error } = call
  const state = call.state ?? (error === undefined ? 'confirmed' : 'failed')
  const asked = { tool, request, digest: '0'.repeat(64), key: `key-${key++}` }
  const { rows } = await pool.query<{ answer: { decision: string; actionId?: string } }>(
    'select begin_action($1, (select epoch from workflow_checkpoints where workflow_id = $1), $2) as answer',
    [run, asked],
  )
  const answer = rows[0]?.answer
  if (answer?.actionId === undefined) return answer?.decision ?? ''
  await pool.query(
    'select end_action($1, (select epoch from workflow_checkpoints where workflow_id = $1), $2, $3)',
    [run, answer.actionId, { state, ...(error === undefined ? { response } : { error }) }],
  )
  return answer.decision
}

/** The same call with the same answer, so many times. */
export async function repeat(pool: Pool, run: string, times: number): Promise<void> {
  for (let n = 0; n < times; n++) await act(pool, run)
}

/** Feeds the rules until nothing is new. */
export async function follow(pool: Pool, bounds: Parameters<typeof driftFeeder>[0] = {}) {
  // However busy the machine is: it ends when there is nothing, not when a time is over.
  const feed = driftFeeder({ forMs: 600_000, ...bounds })
  await feed(pool)
}

/** The same while others write: a run whose row they keep locked is for the next time, as it is to the server. */
export async function followBeside(pool: Pool, bounds?: Parameters<typeof driftFeeder>[0]) {
  await follow(pool, bounds).catch((error: unknown) => {
    if (!(error instanceof DatabaseError && error.code === '55P03')) throw error
  })
}

export const policyOf = async (
  pool: Pool,
  agent: string,
  settings: object,
  holds = true,
): Promise<unknown> =>
  pool.query(`select save_drift_policy($1, $2, $3, 'operator:ana')`, [agent, settings, holds])

export async function runOf(pool: Pool, run: string): Promise<Run> {
  const { rows } = await pool.query<{ run: Run }>(
    'select run_state(w) as run from workflow_checkpoints w where workflow_id = $1',
    [run],
  )
  const found = rows[0]?.run
  if (found === undefined) throw new Error('no such run')
  return found
}

export interface Scored {
  readonly seq: number
  readonly score: number
  readonly signals: unknown
}

export async function pointsOf(pool: Pool, run: string): Promise<Scored[]> {
  const { rows } = await pool.query<Scored>(
    'select seq::integer, score::float8, signals from drift_points where workflow_id = $1 order by seq',
    [run],
  )
  return rows
}
