import { setTimeout as sleep } from 'node:timers/promises'

import type { Health } from '@holdpoint/protocol'

import type { Database } from '../database/database.ts'
import { FleetStream } from './fleet-stream.ts'
import type { FleetLoad } from './load-fleet.ts'
import { type Place, placeAt } from './position.ts'
import { RunStreams } from './run-stream.ts'
import { encodeEvent } from './sse.ts'
import { type News, Tail } from './tail.ts'

/** Changes that come closer together than this travel in one frame, in ms. */
const frameMs = 30
/** With many viewers a flush takes time; the next one waits this many times as long, so that reads go on. */
const restAfterFlush = 3
const longestRestMs = 500
const healthMs = 1_000

/** The live path of one server: one tail, frames made once, every viewer. */
export class Live {
  readonly fleet: FleetStream
  readonly runs: RunStreams
  readonly #tail: Tail
  #place: Place | undefined
  #frameTimer: NodeJS.Timeout | undefined
  #healthTimer: NodeJS.Timeout | undefined
  /** When the next frame may be made, on the clock of performance.now(). */
  #nextFlush = 0
  readonly #known = Promise.withResolvers<void>()

  constructor(serverUrl: string, database: Database, log: (line: string) => void) {
    this.fleet = new FleetStream(database)
    this.runs = new RunStreams(database)
    this.#tail = new Tail(
      serverUrl,
      {
        loaded: (load) => this.#loaded(load),
        read: (news) => this.#read(news),
        changed: () => {
          this.#tellHealth()
          if (this.database === 'up') this.#known.resolve()
        },
      },
      log,
    )
  }

  start(): void {
    this.#tail.start()
    this.#healthTimer = setInterval(() => this.#tellHealth(), healthMs)
  }

  /** Resolves when the fleet is known, or after `ms` when it is not. */
  async known(ms: number): Promise<void> {
    await Promise.race([this.#known.promise, sleep(ms, undefined, { ref: false })])
  }

  get database(): 'up' | 'down' {
    return this.#tail.vitals.database
  }

  get viewers(): number {
    return this.fleet.viewers.size + [...this.runs.viewers()].length
  }

  get facts(): { readonly vitals: Health; readonly viewers: number } {
    return { vitals: this.#tail.vitals.now(), viewers: this.viewers }
  }

  async stop(): Promise<void> {
    clearInterval(this.#healthTimer)
    clearTimeout(this.#frameTimer)
    await this.#tail.stop()
    for (const viewer of [...this.fleet.viewers, ...this.runs.viewers()]) viewer.close()
  }

  /** What a viewer is told first: it must not wait a second to learn that nobody can see anything. */
  healthNow(): Buffer {
    return encodeEvent('health', JSON.stringify(this.#tail.vitals.now()))
  }

  #loaded(load: FleetLoad): void {
    this.#place = placeAt(load.history, load.asOf)
    this.fleet.load(load, this.#place)
    this.runs.load(this.#place)
  }

  #read({ position, now, events }: News): void {
    // A quiet read moves the place too: whoever comes back later has less to catch up on.
    this.#place = placeAt(position, now)
    this.fleet.apply(events, this.#place)
    this.runs.apply(events, this.#place)
    if (events.length > 0) this.#flushSoon()
  }

  #flushSoon(): void {
    if (this.#frameTimer !== undefined) return
    const wait = this.#nextFlush - performance.now()
    if (wait <= 0) this.#flush()
    else this.#frameTimer = setTimeout(() => this.#flush(), wait)
  }

  #flush(): void {
    clearTimeout(this.#frameTimer)
    this.#frameTimer = undefined
    const began = performance.now()
    this.fleet.flush()
    this.runs.flush()
    const ended = performance.now()
    const rest = Math.min((ended - began) * restAfterFlush, longestRestMs)
    this.#nextFlush = ended + Math.max(frameMs - (ended - began), rest)
  }

  #tellHealth(): void {
    // Flushed first: the position that health carries must cover what its viewers were sent.
    this.#flush()
    const json = JSON.stringify(this.#tail.vitals.tell())
    const plain = encodeEvent('health', json)
    const placed =
      this.#place === undefined ? plain : encodeEvent('health', json, this.#place.position)
    for (const viewer of [...this.fleet.viewers, ...this.runs.viewers()]) {
      viewer.tell(viewer.state === 'live' ? placed : plain)
    }
  }
}
