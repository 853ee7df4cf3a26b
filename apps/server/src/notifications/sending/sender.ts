import { setTimeout as sleep } from 'node:timers/promises'

import { createPool } from '@holdpoint/db'
import type { Pool } from 'pg'

import { deliver, type Means, type Target } from './deliver.ts'
import { DeliveryFailure } from './failure.ts'
import { composeMessage, type Place } from './message.ts'
import { readNotice } from './record.ts'

export interface Bounds {
  readonly beatMs: number
  /** Messages on their way at a time: of this process, and of one channel over all of them. */
  readonly most: number
  readonly perChannel: number
  readonly timeoutMs: number
  readonly leaseSeconds: number
  readonly mostAttempts: number
  /** How long messages on their way may take when the server stops. */
  readonly closingMs: number
}

const usual: Bounds = {
  beatMs: 500,
  most: 16,
  perChannel: 4,
  timeoutMs: 10_000,
  // Longer than the longest attempt: what still runs is not taken for dead.
  leaseSeconds: 60,
  // The last about 17 hours after the first.
  mostAttempts: 12,
  closingMs: 4_000,
}

interface Claimed extends Target {
  readonly id: string
  readonly claim: string
}

interface SenderParts extends Means {
  readonly serverUrl: string
  readonly place: () => Place
  readonly log: (line: string) => void
}

/**
 * Sends what the outbox holds. Every server process has one; the database gives each message to one of them. It is sent
 * at least once: who dies between sending and recording is followed by another, who sends it again under the same id.
 */
export class Sender {
  readonly #parts: SenderParts
  readonly #bounds: Bounds
  readonly #pool: Pool
  readonly #stopping = new AbortController()
  readonly #cutting = new AbortController()
  readonly #underWay = new Set<Promise<void>>()
  #told = false
  #done: Promise<void> | undefined

  constructor(parts: SenderParts, bounds: Partial<Bounds> = {}) {
    this.#parts = parts
    this.#bounds = { ...usual, ...bounds }
    this.#pool = createPool({
      url: parts.serverUrl,
      applicationName: 'holdpoint sender',
      statementTimeoutMs: 10_000,
      lockTimeoutMs: 2_000,
      max: 2,
    })
  }

  start(): void {
    this.#done ??= this.#beat()
  }

  /** What is on its way may arrive and be recorded; what takes longer is cut off, and sent again by the next. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#done
    const impatient = setTimeout(() => this.#cutting.abort(), this.#bounds.closingMs)
    await Promise.all(this.#underWay)
    clearTimeout(impatient)
    await this.#pool.end()
  }

  async #beat(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      try {
        await this.#take()
        this.#told = false
      } catch (error) {
        this.#complain(error)
      }
      await sleep(this.#bounds.beatMs, undefined, { signal }).catch(() => undefined)
    }
  }

  async #take(): Promise<void> {
    const { most, perChannel, leaseSeconds, mostAttempts } = this.#bounds
    const free = most - this.#underWay.size
    if (free <= 0) return
    const { rows } = await this.#pool.query<Claimed>(
      `select notification_id as id, claim, channel_id as "channelId", address, sealed
       from claim_notifications($1, $2, $3, $4)`,
      [free, perChannel, leaseSeconds, mostAttempts],
    )
    for (const claimed of rows) {
      const work = this.#send(claimed)
        .catch((error: unknown) => this.#complain(error))
        .finally(() => this.#underWay.delete(work))
      this.#underWay.add(work)
    }
  }

  async #send(claimed: Claimed): Promise<void> {
    const failure = await this.#attempt(claimed)
    // Cut off by the end of this process: nobody knows whether it arrived, and the next one sends it again.
    if (this.#cutting.signal.aborted && failure !== undefined) return
    await this.#pool.query('select settle_notification($1, $2, $3, $4, $5, $6)', [
      claimed.id,
      claimed.claim,
      failure?.message ?? null,
      failure?.final ?? false,
      Math.round(failure?.notBeforeMs ?? 0),
      this.#bounds.mostAttempts,
    ])
  }

  async #attempt(claimed: Claimed): Promise<DeliveryFailure | undefined> {
    const signal = AbortSignal.any([
      AbortSignal.timeout(this.#bounds.timeoutMs),
      this.#cutting.signal,
    ])
    try {
      const record = await readNotice(this.#pool, claimed.id)
      if (record === undefined) return undefined
      await deliver(this.#parts, claimed, composeMessage(record, this.#parts.place()), signal)
      return undefined
    } catch (error) {
      if (error instanceof DeliveryFailure) return error
      this.#complain(error)
      return new DeliveryFailure('the message could not be made; the log of the server says why')
    }
  }

  /** Once per outage, not twice per second. */
  #complain(error: unknown): void {
    if (this.#told) return
    this.#told = true
    this.#parts.log(
      `sending notifications: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}
