import { Client } from 'pg'

import { atMost, backOff } from './backoff.ts'
import { connectionSettings } from './database.ts'
import { READ_RUNS, type RunRow } from './run-view.ts'

const READY_WITHIN_MS = 10_000
const END_MS = 1000

export interface ControlOptions {
  readonly url: string
  readonly applicationName: string
  readonly worker: string
  readonly leaseMs: number
  /** The runs that this worker holds now. */
  readonly runs: () => string[]
  readonly holds: (run: string) => boolean
  /** A control of a run that this worker does not hold: there may be work. */
  readonly elsewhere: () => void
  /** What was seen of runs. A beat does not name runs that run and that nothing holds. */
  readonly seen: (rows: RunRow[], asked: readonly string[], how: 'notice' | 'beat') => void
}

/**
 * The one control connection of a worker: hears of pauses, resumes, kills and decisions as they commit, and renews
 * the leases of all its runs with one statement. It comes back by itself when the database does.
 */
export class ControlConnection {
  readonly #options: ControlOptions
  readonly #noticed = new Set<string>()
  #client: Client | undefined
  readonly #stop = new AbortController()
  #ended: Promise<void> = Promise.resolve()
  #nudge: () => void = () => undefined
  #reading = false
  #last: Promise<void> = Promise.resolve()

  constructor(options: ControlOptions) {
    this.#options = options
  }

  start(): void {
    this.#ended = this.#stayConnected()
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    this.#nudge()
    await this.#ended
  }

  /** Sends a statement on the control connection. @returns false while there is none */
  async query(sql: string, values: readonly unknown[]): Promise<boolean> {
    const client = this.#client
    if (client === undefined) return false
    await this.#inTurn(client, sql, values)
    return true
  }

  /** One statement at a time on the one connection. */
  async #inTurn(client: Client, sql: string, values: readonly unknown[]): Promise<RunRow[]> {
    const before = this.#last
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#last = promise
    await before
    try {
      return (await client.query<RunRow>(sql, [...values])).rows
    } finally {
      resolve()
    }
  }

  async #beat(client: Client): Promise<void> {
    const asked = this.#options.runs()
    if (asked.length === 0) return
    const rows = await this.#inTurn(client, 'select * from heartbeat($1, $2, $3)', [
      this.#options.worker,
      asked,
      this.#options.leaseMs,
    ])
    this.#options.seen(rows, asked, 'beat')
  }

  async #stayConnected(): Promise<void> {
    for (let failures = 0; !this.#stop.signal.aborted; failures += 1) {
      const client = this.#newClient()
      try {
        await this.#live(client, () => {
          failures = 0
        })
      } catch {
        // Away: the next try is below. What was missed meanwhile, the first heartbeat brings.
      } finally {
        this.#client = undefined
        // A connection that is dead without knowing it is left to its keep-alive.
        await atMost(END_MS, client.end())
      }
      await backOff(failures, this.#stop.signal).catch(() => undefined)
    }
  }

  #newClient(): Client {
    const client = new Client({
      ...connectionSettings(this.#options.url, this.#options.applicationName),
      query_timeout: READY_WITHIN_MS,
    })
    client.on('notification', ({ payload }) => this.#heard(payload ?? ''))
    return client
  }

  async #live(client: Client, up: () => void): Promise<void> {
    const lost = new AbortController()
    const gone = (): void => {
      lost.abort()
      this.#nudge()
    }
    client.on('error', gone)
    client.on('end', gone)
    await client.connect()
    await client.query('listen holdpoint_control')
    this.#client = client
    up()
    while (!this.#stop.signal.aborted && !lost.signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#nudge = resolve
      await this.#beat(client)
      const timer = setTimeout(resolve, this.#options.leaseMs / 3)
      if (!lost.signal.aborted) await promise
      clearTimeout(timer)
    }
  }

  #heard(runId: string): void {
    if (!this.#options.holds(runId)) {
      this.#options.elsewhere()
      return
    }
    this.#noticed.add(runId)
    if (!this.#reading) void this.#readNoticed()
  }

  async #readNoticed(): Promise<void> {
    this.#reading = true
    try {
      while (this.#noticed.size > 0 && this.#client !== undefined) {
        const asked = [...this.#noticed]
        this.#noticed.clear()
        const rows = await this.#inTurn(this.#client, READ_RUNS, [asked])
        this.#options.seen(rows, asked, 'notice')
      }
    } catch {
      // The connection broke: the heartbeat after the next connect tells the same.
      this.#noticed.clear()
    } finally {
      this.#reading = false
    }
  }
}
