import { createPool } from '@holdpoint/db'
import type { ClientBase, Pool } from 'pg'

import { isUnreachable } from './problem.ts'
import { runVerb } from './run-verb.ts'
import { takingTurns } from './turns.ts'

/** What the server may ask of the database: reads with a time limit, and verbs. */
export interface Database {
  /** A question for a page; given up after 5 s, or after what the server was told. */
  read: <Row>(sql: string, params?: readonly unknown[]) => Promise<Row[]>
  /** One call of an SQL function that changes something; it audits itself in the same transaction. */
  verb: <Row>(sql: string, params?: readonly unknown[]) => Promise<Row[]>
  /** Takes turns with other work of many verbs, so that a single one finds a free connection. */
  inTurn: <T>(work: () => Promise<T>) => Promise<T>
  /** Reads that belong together: all of one instant, on one connection of the streams' own. */
  instant: <T>(work: (client: ClientBase) => Promise<T>) => Promise<T>
  close: () => Promise<void>
}

/** As long as somebody who looks at a page waits for it. */
const usualReadTimeoutMs = 5_000
/** What people's pages ask at a time, however many ask. */
export const mostAskedAtATime = 8
/** Connections beside those, for what the server itself asks: whose session it is, who keeps a verb waiting. */
const ownReads = 2
/** How long a verb waits for an agent's open transaction before it says who is in the way. */
const lockTimeoutMs = 2_500
const verbConnections = 8
/** Of those, what commands for many runs may take, however many people give one. */
const bulkConnections = 4

/** Watching and acting have pools of their own, so that neither can starve the other (invariant 12). */
export function openDatabase(
  serverUrl: string,
  log: (line: string) => void,
  readTimeoutMs = usualReadTimeoutMs,
): Database {
  let closing = false
  const pool = (use: string, max: number, statementTimeoutMs: number, lockTimeout = 0): Pool =>
    createPool({
      url: serverUrl,
      applicationName: `holdpoint ${use}`,
      max,
      statementTimeoutMs,
      lockTimeoutMs: lockTimeout,
      connectTimeoutMs: 5_000,
      onIdleError: (error) => {
        // One that is being ended may still hear that the database goes down, too.
        if (!closing) log(`database connection lost (${use}): ${error.message}`)
      },
    })
  const reads = pool('read', mostAskedAtATime + ownReads, readTimeoutMs)
  const verbs = pool('verb', verbConnections, 30_000, lockTimeoutMs)
  const streams = pool('stream', 4, readTimeoutMs)
  return {
    read: ask(reads),
    inTurn: takingTurns(bulkConnections),
    instant: async (work) => {
      const client = await streams.connect()
      let broken = false
      try {
        return await inOneInstant(client, work)
      } catch (error) {
        broken = isUnreachable(error)
        throw error
      } finally {
        client.release(broken)
      }
    },
    verb: async <Row>(sql: string, params: readonly unknown[] = []) =>
      runVerb<Row>(verbs, reads, sql, params),
    close: async () => {
      closing = true
      await Promise.all([reads, verbs, streams].map(async (each) => each.end()))
    },
  }
}

const ask =
  (pool: Pool) =>
  async <Row>(sql: string, params: readonly unknown[] = []): Promise<Row[]> =>
    (await pool.query(sql, [...params])).rows as Row[]

/** Runs `work` in one read-only transaction that sees one snapshot throughout. */
export async function inOneInstant<Client extends ClientBase, T>(
  client: Client,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  await client.query('begin isolation level repeatable read read only')
  try {
    return await work(client)
  } finally {
    await client.query('rollback').catch(() => undefined)
  }
}
