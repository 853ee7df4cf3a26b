import { setTimeout as sleep } from 'node:timers/promises'

import type { Pool, PoolClient } from 'pg'

import { one } from './refusal.ts'

export const pidOf = async (client: PoolClient): Promise<number> =>
  one<{ pid: number }>(client, 'select pg_backend_pid() as pid').then(({ pid }) => pid)

/** Returns once that backend waits for a lock that another session holds. */
export async function untilBlocked(admin: Pool, pid: number, unless?: AbortSignal): Promise<void> {
  for (;;) {
    const { blocked } = await one<{ blocked: boolean }>(
      admin,
      'select cardinality(pg_blocking_pids($1)) > 0 as blocked',
      [pid],
    )
    if (blocked || unless?.aborted === true) return
    await sleep(5)
  }
}

/**
 * `first` does its work and keeps its transaction open; `second` begins and is seen to wait behind it;
 * then, after what is done `meanwhile`, `first` commits. @returns what became of the second
 */
export async function behind<T>(
  admin: Pool,
  first: { pool: Pool; work: (client: PoolClient) => Promise<unknown> },
  second: { pool: Pool; work: (client: PoolClient) => Promise<T>; begin?: string },
  meanwhile?: () => Promise<unknown>,
): Promise<T> {
  const [a, b] = [await first.pool.connect(), await second.pool.connect()]
  try {
    await a.query('begin')
    await first.work(a)
    if (second.begin !== undefined) {
      await b.query(second.begin)
      // The snapshot is taken here, before the first commits.
      await b.query('select 1 from workflow_checkpoints')
    }
    const pid = await pidOf(b)
    const waiting = second.work(b)
    const over = new AbortController()
    const end = () => over.abort()
    waiting.then(end, end)
    await untilBlocked(admin, pid, over.signal)
    if (over.signal.aborted) throw new Error('The second did not wait for the first.')
    await meanwhile?.()
    await a.query('commit')
    try {
      return await waiting
    } finally {
      if (second.begin !== undefined) await b.query('rollback')
    }
  } finally {
    // Ended rather than given back: whatever state a failed test left them in goes with them.
    a.release(true)
    b.release(true)
  }
}
