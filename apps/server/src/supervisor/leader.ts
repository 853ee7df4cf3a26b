import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

import { createPool, postgresEngine } from '@holdpoint/db'
import { databaseTrouble } from '@holdpoint/protocol'
import type { Pool } from 'pg'

export interface Duty {
  readonly name: string
  /** How often, in ms; the first time at once. */
  readonly everyMs: number
  /** For how long, in ms, it is not done once the database is back: others come back with it. */
  readonly afterOutageMs?: number
  readonly run: (pool: Pool) => Promise<void>
}

const leaseSeconds = 5
const usualBeatMs = 1_000
/** The database has been away when as many beats in a row are missing. */
const outageBeats = 5

/**
 * Does what only one server may do at a time, on a connection of its own; another takes over when it dies. Duties that
 * must not wait for each other stand under leases of their own.
 */
export class Supervisor {
  readonly #pool: Pool
  readonly #duties: readonly Duty[]
  readonly #log: (line: string) => void
  readonly #beatMs: number
  readonly #lease: string
  readonly #holder = `${hostname()} process ${process.pid} ${randomUUID()}`
  readonly #due = new Map<Duty, number>()
  readonly #stopping = new AbortController()
  readonly #told = new Set<string>()
  /** By the wall clock: it goes on while the machine sleeps, as leases do. */
  #answeredAt: number | undefined
  #done: Promise<void> | undefined

  constructor(
    serverUrl: string,
    duties: readonly Duty[],
    log: (line: string) => void,
    beatMs = usualBeatMs,
    lease = 'supervisor',
  ) {
    this.#beatMs = beatMs
    this.#lease = lease
    this.#duties = duties
    this.#log = log
    this.#pool = createPool({
      url: serverUrl,
      applicationName: `holdpoint ${lease}`,
      statementTimeoutMs: 30_000,
      // A run that an agent keeps locked is alive; it is looked at again with the next beat.
      lockTimeoutMs: 1_000,
      max: 1,
    })
  }

  start(): void {
    this.#done ??= this.#beat()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#done
    await postgresEngine.dropLease(this.#pool, this.#lease, this.#holder).catch(() => undefined)
    await this.#pool.end()
  }

  async #beat(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await this.#lead().catch((error: unknown) => this.#complain('leading', error))
      await sleep(this.#beatMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined)
    }
  }

  async #lead(): Promise<void> {
    const lease = await postgresEngine.takeLease(
      this.#pool,
      this.#lease,
      this.#holder,
      leaseSeconds,
    )
    this.#noticeOutage()
    this.#answeredAt = Date.now()
    // Slow duties are no outage; one that an outage cuts off is a part of it.
    if (lease !== undefined && (await this.#doDuties())) this.#answeredAt = Date.now()
  }

  #noticeOutage(): void {
    const silentMs = Date.now() - (this.#answeredAt ?? Date.now())
    if (silentMs <= outageBeats * this.#beatMs) return
    for (const duty of this.#duties) {
      if (duty.afterOutageMs === undefined) continue
      this.#due.set(duty, performance.now() + duty.afterOutageMs)
    }
  }

  /** @returns false where the database went away meanwhile */
  async #doDuties(): Promise<boolean> {
    let there = true
    for (const duty of this.#duties) {
      if ((this.#due.get(duty) ?? 0) > performance.now()) continue
      this.#due.set(duty, performance.now() + duty.everyMs)
      try {
        await duty.run(this.#pool)
        this.#told.delete(duty.name)
      } catch (error) {
        this.#complain(duty.name, error)
        there &&= databaseTrouble(error) !== 'away'
      }
    }
    return there
  }

  /** Once per failure, not once per second. */
  #complain(what: string, error: unknown): void {
    if (this.#told.has(what)) return
    this.#told.add(what)
    this.#log(`${this.#lease}, ${what}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
