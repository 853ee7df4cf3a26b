import type { Health, Instant } from '@holdpoint/protocol'

import type { Connection } from './connection.ts'

/** How many readings the database's clock is judged by: the least delayed one is the truest. */
const readings = 8

/** The clock runs at most this far (ms) ahead of the last reading: health brings one each second. */
const aheadMs = 1500

/**
 * The database's clock as this browser can know it (ms since the epoch). It runs only while the stream
 * is live; otherwise it stands at the last moment that was really seen.
 */
export class DatabaseClock {
  #offsets: number[] = []
  #lastSeen: number | null = null
  #running = false

  heard(instant: Instant | null, arrivedAt: number): void {
    if (instant === null) return
    const at = Date.parse(instant)
    if (Number.isNaN(at)) return
    this.#lastSeen = Math.max(at, this.#lastSeen ?? at)
    this.#offsets = [...this.#offsets, at - arrivedAt].slice(-readings)
  }

  follow(connection: Connection): void {
    this.#running = connection.phase === 'live'
    if (connection.phase === 'disconnected') this.#offsets = []
  }

  /** Null until the database was heard once. */
  now(localNow: number): number | null {
    if (!this.#running || this.#offsets.length === 0) return this.#lastSeen
    const running = localNow + Math.max(...this.#offsets)
    return Math.min(running, (this.#lastSeen ?? running) + aheadMs)
  }
}

/** Health carries the time of the last read, which is old when all is quiet but read each second. */
export const readingOf = (health: Health): Instant | null =>
  health.database === 'up' ? health.asOf : null
