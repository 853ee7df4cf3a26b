import type { CustomTypesConfig } from 'pg'
import { Pool, types } from 'pg'

const ON_ITS_WAY_MS = 2_000

export interface PoolOptions {
  url: string
  /** Shown in pg_stat_activity, so that an operator knows whose session it is. */
  applicationName: string
  /** Each statement ends after this many ms; 0 lets it run. */
  statementTimeoutMs: number
  /** A statement that waits longer than this for a lock ends, in ms; 0 lets it wait. */
  lockTimeoutMs?: number
  /** Connections at most; 10 unless said otherwise. */
  max?: number
  /** Waiting for a connection ends after this many ms; unless said otherwise it waits. */
  connectTimeoutMs?: number
  /** Told when an idle connection breaks, for instance since the server restarts; the pool replaces it. */
  onIdleError?: (error: Error) => void
}

/** A pool whose results are read as `resultTypes` says. Close it with `end()`. */
export function createPool(options: PoolOptions): Pool {
  const pool = new Pool({
    connectionString: options.url,
    application_name: options.applicationName,
    max: options.max ?? 10,
    keepAlive: true,
    types: resultTypes,
    // The planner thinks our questions dear, which are many short look-ups: it would compile each for longer than they take.
    options: '-c jit=off',
    // In a transaction left open by a bug nobody else should wait for long.
    idle_in_transaction_session_timeout: 60_000,
    ...(options.statementTimeoutMs > 0 && {
      statement_timeout: options.statementTimeoutMs,
      // A line that was cut without a word brings no answer, not even that the statement was ended.
      query_timeout: options.statementTimeoutMs + ON_ITS_WAY_MS,
    }),
    ...(options.lockTimeoutMs !== undefined && { lock_timeout: options.lockTimeoutMs }),
    ...(options.connectTimeoutMs !== undefined && {
      connectionTimeoutMillis: options.connectTimeoutMs,
    }),
  })
  // One that breaks while it is in use fails its query too; its own event would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined))
  // Without a listener a broken idle connection would end the process.
  pool.on('error', (error) => options.onIdleError?.(error))
  return pool
}

type Parser = (text: string) => unknown

// The types of node-postgres know the numbers of some types only.
const builtin = types.getTypeParser as (oid: number, format?: 'text' | 'binary') => Parser

const INT8 = 20
const INT8_ARRAY = 1016
const NUMERIC = 1700

const parsers = new Map<number, Parser>([
  [INT8, safeInteger],
  [INT8_ARRAY, (text) => (builtin(INT8_ARRAY)(text) as string[]).map(safeInteger)],
  // Our numerics are USD with 6 decimals: exact in a double below a billion.
  [NUMERIC, Number],
])

/**
 * How values are read: int8 as number (a RangeError beyond 2^53), numeric as number, timestamptz as
 * Date (ms: where microseconds matter, select `::text`), xid8 and pg_snapshot as text, jsonb parsed.
 */
const resultTypes: CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): Parser {
    const own = format === 'binary' ? undefined : parsers.get(oid)
    return own ?? builtin(oid, format)
  },
}

function safeInteger(text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value)) return value
  throw new RangeError(`${text} does not fit a number exactly`)
}
