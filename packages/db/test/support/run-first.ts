import { setTimeout as sleep } from 'node:timers/promises'

import type { Pool, PoolClient } from 'pg'

import { one } from './refusal.ts'
import { pidOf } from './waiting.ts'

export interface Met {
  /** It came to the row of a run, and waited there. */
  readonly waited: boolean
  /** Tables that it had written to or locked rows of by then; of one that never waited, all of them. */
  readonly touched: readonly string[]
}

/** Tables in which a session writes or has locked rows: to read takes neither of these locks. */
const touchedBy = async (admin: Pool, pid: number): Promise<string[]> =>
  admin
    .query<{ name: string }>(
      `select distinct c.relname as name from pg_locks l join pg_class c on c.oid = l.relation
       where l.pid = $1 and l.granted and c.relkind in ('r', 'p') and c.relnamespace = current_schema()::regnamespace
         and l.mode in ('RowShareLock', 'RowExclusiveLock') order by c.relname`,
      [pid],
    )
    .then(({ rows }) => rows.map(({ name }) => name))

async function untilWaiting(admin: Pool, pid: number, over: AbortSignal): Promise<boolean> {
  while (!over.aborted) {
    const { waits } = await one<{ waits: boolean }>(
      admin,
      'select cardinality(pg_blocking_pids($1)) > 0 as waits',
      [pid],
    )
    if (waits) return true
    await sleep(2)
  }
  return false
}

/** What a session has done when it comes to the row of a run, all of which somebody else holds. It then goes on. */
export async function meetHeldRuns(
  admin: Pool,
  { pool, work }: { pool: Pool; work: (client: PoolClient) => Promise<unknown> },
): Promise<Met> {
  const [holder, caller] = [await admin.connect(), await pool.connect()]
  try {
    await holder.query('begin')
    await holder.query('select from workflow_checkpoints for update')
    const pid = await pidOf(caller)
    await caller.query('begin')
    const over = new AbortController()
    const end = () => over.abort()
    const working = work(caller)
    working.then(end, end)
    const waited = await untilWaiting(admin, pid, over.signal)
    const touched = await touchedBy(admin, pid)
    await holder.query('rollback')
    await working
    return { waited, touched }
  } finally {
    // Ended rather than given back: nothing of this is committed.
    holder.release(true)
    caller.release(true)
  }
}
