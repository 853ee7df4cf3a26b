import { setTimeout as sleep } from 'node:timers/promises'

import type { Blocker } from '@holdpoint/protocol'
import type { Pool, PoolClient } from 'pg'

import { isUnreachable, Problem, problemFrom, sqlStateOf } from './problem.ts'

const deadlock = '40P01'
const deadlockRetries = 3
/** A lock that is free is had in far less; asking who is in the way costs a connection. */
const patienceMs = 300
const askEveryMs = 500

/**
 * Runs one statement that calls a verb. The function is one transaction with its audit row.
 * @throws Problem RUN_BUSY with the sessions in the way, or what the database refused
 */
export async function runVerb<Row>(
  verbs: Pool,
  reads: Pool,
  sql: string,
  params: readonly unknown[],
): Promise<Row[]> {
  const client = await verbs.connect().catch((error: unknown) => {
    throw problemFrom(error) ?? error
  })
  let broken = false
  try {
    for (let attempt = 1; ; attempt++) {
      const watch = watchBlockers(client, reads)
      try {
        return (await client.query(sql, [...params])).rows as Row[]
      } catch (error) {
        // The loser of a deadlock did nothing; the winner goes on, so trying again is safe.
        if (sqlStateOf(error) === deadlock && attempt <= deadlockRetries) {
          await sleep(20 * attempt + Math.random() * 30)
          continue
        }
        broken = isUnreachable(error)
        throw told(error, watch.blockers)
      } finally {
        watch.stop()
      }
    }
  } finally {
    client.release(broken)
  }
}

function told(error: unknown, blockers: readonly Blocker[]): unknown {
  if (isUnreachable(error)) {
    // It was sent; whether it committed cannot be known from here.
    return new Problem(
      {
        code: 'UNAVAILABLE',
        message: 'The database went away before it answered; the change may have been made.',
        hint: 'Look at what the database says before you try again.',
      },
      { cause: error },
    )
  }
  const known = problemFrom(error)
  if (known?.body.code !== 'RUN_BUSY') return known ?? error
  return new Problem(
    {
      ...known.body,
      hint: 'Try again, or end the session that is in the way: its open transaction rolls back.',
      blockers,
    },
    { cause: error },
  )
}

interface Watch {
  blockers: readonly Blocker[]
  stop: () => void
}

/** While a verb waits, another connection asks who keeps it waiting. */
function watchBlockers(client: PoolClient, reads: Pool): Watch {
  const watch: Watch = { blockers: [], stop: () => clearTimeout(timer) }
  const ask = async (): Promise<void> => {
    try {
      const { rows } = await reads.query<Blocker>(
        `select pid, login::text, transaction_age as "transactionAge" from blocking_sessions($1)`,
        [pidOf(client)],
      )
      if (rows.length > 0) watch.blockers = rows
    } catch {
      // Not knowing who is in the way must not break the verb.
    }
  }
  let timer = setTimeout(function again() {
    void ask()
    timer = setTimeout(again, askEveryMs)
  }, patienceMs)
  return watch
}

/** The driver knows its backend's pid; its types do not. */
const pidOf = (client: PoolClient): number => (client as unknown as { processID: number }).processID
