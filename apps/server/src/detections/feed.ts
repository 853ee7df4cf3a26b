import { createHash } from 'node:crypto'
import { setImmediate as breathe } from 'node:timers/promises'

import { postgresEngine } from '@holdpoint/db'
import type { Pool } from 'pg'

import { digest } from './digest.ts'
import { DriftPolicies } from './drift-policies.ts'
import { type Ask, eventsAfter } from './history.ts'
import { readMemory } from './memory.ts'

export interface FeedBounds {
  /** Events whose runs one question notes down. */
  readonly noted: number
  /** Runs that are fed before it is looked again what is new. */
  readonly runs: number
  /** Events of one run that are taken in at once; each may carry half a megabyte. */
  readonly events: number
  /** For how long one call goes on while there is more, in ms. */
  readonly forMs: number
}

const usual: FeedBounds = { noted: 5_000, runs: 50, events: 48, forMs: 2_000 }
/** Rows that get their score in one transaction. */
const shownAtOnce = 50

interface Due {
  readonly id: string
  readonly agentId: string
  readonly seq: number
  readonly memory: unknown
}

const dueRuns = `
  select d.workflow_id as id, d.seq::float8 as seq, d.memory,
    (select w.agent_id from workflow_checkpoints w where w.workflow_id = d.workflow_id) as "agentId"
  from drift_runs d
  where d.seq < d.target and d.workflow_id > $1 order by d.workflow_id limit $2`

const first = '00000000-0000-0000-0000-000000000000'

/**
 * Feeds what runs did to the rules. Each call takes in what is new, for a while; the next one goes on where the
 * database says that the one before, or another leader, came to.
 */
export function driftFeeder(bounds: Partial<FeedBounds> = {}): (pool: Pool) => Promise<void> {
  const { noted, runs, events, forMs } = { ...usual, ...bounds }
  const policies = new DriftPolicies()
  // One after the other, also where more is always due than one round takes.
  let after = first

  async function feedRun(pool: Pool, ask: Ask, run: Due): Promise<void> {
    // One more than is taken, to know whether there is one.
    const told = await eventsAfter(ask, run.id, run.seq, events + 1)
    const fed = digest(
      readMemory(run.memory),
      run.seq,
      told.slice(0, events),
      policies.of(run.agentId),
      told.length > events,
    )
    await pool.query('select record_drift($1, $2)', [run.id, JSON.stringify(fed)])
    await breathe()
  }

  /** @returns whether all that were due have been looked at, and nothing came of it */
  async function feedDue(pool: Pool, ask: Ask, failed: unknown[]): Promise<boolean> {
    const due = (await ask(dueRuns, [after, runs])) as readonly Due[]
    const failedBefore = failed.length
    for (const run of due) {
      // One whose row an agent keeps locked, or that cannot be read, keeps no other waiting.
      await feedRun(pool, ask, run).catch((error: unknown) => failed.push(error))
      after = run.id
    }
    if (due.length === runs) return false
    after = first
    return due.length === failed.length - failedBefore
  }

  return async (pool) => {
    // Named, so that what is asked of each run is planned once: planning costs more than reading.
    const ask: Ask = async (text, params) => {
      const name = `drift ${createHash('sha256').update(text).digest('hex').slice(0, 16)}`
      return (await pool.query({ name, text, values: [...params] })).rows as unknown[]
    }
    const stopAt = performance.now() + forMs
    const failed: unknown[] = []
    await policies.refresh(ask)
    for (;;) {
      const behind = await note(pool, noted)
      const done = await feedDue(pool, ask, failed)
      if ((done && !behind) || performance.now() > stopAt) break
    }
    await show(pool)
    if (failed.length > 0) throw failed[0]
  }
}

/** Notes down which runs have something new. @returns whether there may be more */
async function note(pool: Pool, most: number): Promise<boolean> {
  const client = await pool.connect()
  try {
    const { cluster } = await postgresEngine.position(client)
    const { rows } = await client.query<{ more: boolean }>(
      'select find_drift_work($1, $2) as more',
      [cluster, most],
    )
    return rows[0]?.more === true
  } finally {
    client.release()
  }
}

async function show(pool: Pool): Promise<void> {
  for (;;) {
    const { rows } = await pool.query<{ n: number }>('select show_drift($1) as n', [shownAtOnce])
    if ((rows[0]?.n ?? 0) < shownAtOnce) return
  }
}
