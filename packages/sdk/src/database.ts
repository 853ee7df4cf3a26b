import { Pool } from 'pg'

import { backOff } from './backoff.ts'
import { asHoldpointError, isAway, isLockedOut } from './database-errors.ts'
import { DatabaseAwayError } from './errors.ts'
import { redactText } from './redact.ts'

const CONNECT_MS = 10_000
/** A call waits for the run's row at most this long before it is sent again. */
const QUERY_MS = 30_000

export interface DatabaseOptions {
  readonly url: string
  readonly poolSize: number
  readonly applicationName: string
  readonly waitMs: number
  readonly log: (message: string) => void
}

export interface CallOptions {
  /** Ends the waiting. */
  readonly signal?: AbortSignal
  /** Fail at once when the login is refused instead of waiting for its release. */
  readonly first?: boolean
  /** Fail with DatabaseAwayError instead of waiting for a database that is away. */
  readonly once?: boolean
}

/** A value for a statement; `again` is true when an earlier try may have been carried out. */
export type Values = readonly unknown[] | ((again: boolean) => readonly unknown[])

export const connectionSettings = (url: string, applicationName: string) => ({
  connectionString: url,
  application_name: applicationName,
  connectionTimeoutMillis: CONNECT_MS,
  query_timeout: QUERY_MS,
  keepAlive: true,
})

/** Statements that outlive the database's absence: each waits and is sent again until it is answered. */
export class Database {
  readonly #pool: Pool
  readonly #options: DatabaseOptions
  #away = false

  constructor(options: DatabaseOptions) {
    this.#options = options
    this.#pool = new Pool({
      ...connectionSettings(options.url, options.applicationName),
      max: options.poolSize,
    })
    // A connection that breaks is replaced: idle by the pool, in use by `#once`. Unheard it would end the process.
    this.#pool.on('error', () => undefined)
    this.#pool.on('connect', (client) => client.on('error', () => undefined))
  }

  async query<Row extends object>(
    sql: string,
    values: Values,
    call: CallOptions = {},
  ): Promise<Row[]> {
    const began = performance.now()
    for (let failures = 0; ; failures += 1) {
      call.signal?.throwIfAborted()
      try {
        const rows = await this.#once<Row>(sql, valuesOf(values, failures > 0))
        this.#note(false)
        return rows
      } catch (error) {
        const wait = isAway(error) || (isLockedOut(error) && call.first !== true)
        if (!wait) {
          // A refusal is an answer, too.
          if (!isLockedOut(error)) this.#note(false)
          throw asHoldpointError(error)
        }
        this.#note(true, error)
        if (call.once === true || performance.now() - began > this.#options.waitMs) {
          throw new DatabaseAwayError('The database cannot be reached; nothing was done.', {
            cause: error,
          })
        }
        await backOff(failures, call.signal)
      }
    }
  }

  async end(): Promise<void> {
    await this.#pool.end()
  }

  async #once<Row extends object>(sql: string, values: readonly unknown[]): Promise<Row[]> {
    const client = await this.#pool.connect()
    let broken = false
    try {
      return (await client.query(sql, [...values])).rows as Row[]
    } catch (error) {
      broken = isAway(error)
      throw error
    } finally {
      client.release(broken)
    }
  }

  #note(away: boolean, error?: unknown): void {
    if (away === this.#away) return
    this.#away = away
    const why = error instanceof Error ? redactText(error.message) : ''
    const what = isLockedOut(error) ? 'The login is locked' : 'The database cannot be reached'
    this.#options.log(
      away ? `${what} (${why}); waiting, nothing new begins.` : 'The database is back.',
    )
  }
}

const valuesOf = (values: Values, again: boolean): readonly unknown[] =>
  typeof values === 'function' ? values(again) : values
