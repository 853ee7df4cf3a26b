import type { Health } from '@holdpoint/protocol'

import type { News } from './tail.ts'

/** How well the tail sees: measured with each read, told each second. */
export class Vitals {
  #database: Health['database'] | 'unknown' = 'unknown'
  #asOf: string | null = null
  #lagMs = 0
  #skew = { ms: 0, roundTrip: Number.POSITIVE_INFINITY }

  get database(): Health['database'] {
    return this.#database === 'up' ? 'up' : 'down'
  }

  /** @returns true when it was not up before */
  cameUp(): boolean {
    const changed = this.#database !== 'up'
    this.#database = 'up'
    return changed
  }

  /** @returns true when it was not down before */
  wentDown(): boolean {
    const changed = this.#database !== 'down'
    this.#database = 'down'
    return changed
  }

  heard(news: News, sent: number, received: number): void {
    this.#asOf = news.now
    // The youngest event of a read shows our delay; older ones waited in their own transaction.
    if (news.events.length > 0) {
      this.#lagMs = Math.max(this.#lagMs, Math.min(...news.events.map((event) => event.age_ms)))
    }
    const roundTrip = received - sent
    if (roundTrip <= this.#skew.roundTrip) {
      this.#skew = { ms: (sent + received) / 2 - news.nowMs, roundTrip }
    }
  }

  now(): Health {
    return {
      database: this.database,
      asOf: this.#asOf,
      lagMs: Math.max(0, Math.round(this.#lagMs)),
      clockSkewMs: Math.round(this.#skew.ms),
    }
  }

  /** What to tell everyone; the next telling measures anew. */
  tell(): Health {
    const health = this.now()
    this.#lagMs = 0
    this.#skew = { ...this.#skew, roundTrip: Number.POSITIVE_INFINITY }
    return health
  }
}
