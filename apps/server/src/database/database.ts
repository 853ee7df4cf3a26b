import { type ClientBase, Pool, type PoolConfig } from 'pg'

import { runVerb } from './run-verb.ts'

/** What the server may ask of the database: reads with a time limit, and verbs. */
export interface Database {
  /** A question for a page; given up after 5 s. */
  read: <Row>(sql: string, params?: readonly unknown[]) => Promise<Row[]>
  /** One call of an SQL function that changes something; it audits itself in the same transaction. */
  verb: <Row>(sql: string, params?: readonly unknown[]) => Promise<Row[]>
  /** As `read`, for the streams: asks by transaction id, never by reading a whole table. */
  catchUp: <Row>(sql: string, params?: readonly unknown[]) => Promise<Row[]>
  close: () => Promise<void>
}

const readTimeoutMs = 5_000
/** How long a verb waits for an agent's open transaction before it says who is in the way. */
const lockTimeoutMs = 2_500

/** Watching and acting have pools of their own, so that neither can starve the other (invariant 12). */
export function openDatabase(serverUrl: string, log: (line: string) => void): Database {
  const pool = (use: string, config: PoolConfig): Pool => {
    const made = new Pool({
      connectionString: serverUrl,
      application_name: `holdpoint ${use}`,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      ...config,
    })
    // A connection that dies while idle is replaced when it is needed.
    made.on('error', (error) => log(`database connection lost (${use}): ${error.message}`))
    return made
  }
  const reads = pool('read', { max: 6, statement_timeout: readTimeoutMs })
  const verbs = pool('verb', { max: 8, statement_timeout: 30_000, lock_timeout: lockTimeoutMs })
  const streams = pool('stream', {
    max: 4,
    statement_timeout: readTimeoutMs,
    // The pool waits for the promise; its types do not know.
    // oxlint-disable-next-line typescript/no-misused-promises
    onConnect: planForNews,
  })
  return {
    read: ask(reads),
    catchUp: ask(streams),
    verb: async <Row>(sql: string, params: readonly unknown[] = []) =>
      runVerb<Row>(verbs, reads, sql, params),
    close: async () => {
      await Promise.all([reads, verbs, streams].map(async (each) => each.end()))
    },
  }
}

/**
 * The planner cannot estimate xid8 values: it would read the whole history, or compile a plan for rows that
 * never come. Neither is ever right where one asks for what is new.
 */
export async function planForNews(client: ClientBase): Promise<void> {
  await client.query('set enable_seqscan = off')
  await client.query('set jit = off')
}

const ask =
  (pool: Pool) =>
  async <Row>(sql: string, params: readonly unknown[] = []): Promise<Row[]> =>
    (await pool.query(sql, [...params])).rows as Row[]
