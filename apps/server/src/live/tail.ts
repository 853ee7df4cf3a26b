import { setTimeout as sleep } from 'node:timers/promises'

import { postgresEngine, type Tail as HistoryTail } from '@holdpoint/db'
import { Client } from 'pg'

import { type FleetLoad, loadFleet } from './load-fleet.ts'
import { Vitals } from './vitals.ts'

export interface TailListener {
  /** The fleet of one instant: at the start, and whenever what was known cannot be continued. */
  loaded: (load: FleetLoad) => void
  /** What came since the last call; often nothing. */
  read: (news: News) => void
  /** The database went away or came back. */
  changed: () => void
}

/** What became visible since the last read. */
export type News = Extract<HistoryTail, { kind: 'events' }>

/** Pauses between reads, in ms: short while events flow, growing when it is quiet. */
const pause = { first: 2, last: 25, growth: 1.1 } as const
const retry = { first: 50, last: 2_000 } as const
const loadTimeoutMs = 60_000
/** Reads of the same news that may fail before it is given up for a fresh start: it may be too much to be read. */
const mostAttempts = 2

export interface TailBounds {
  /** Beyond this, reading the fleet anew is cheaper than applying what changed. */
  readonly mostEvents: number
  readonly readTimeoutMs: number
}

const usual: TailBounds = { mostEvents: 20_000, readTimeoutMs: 10_000 }

/** One connection that reads every committed event once, in per-run order. One per server process. */
export class Tail {
  readonly vitals = new Vitals()
  readonly #url: string
  readonly #listener: TailListener
  readonly #log: (line: string) => void
  readonly #bounds: TailBounds
  readonly #stopping = new AbortController()
  #attempts = 0
  #position: News['position'] | undefined
  #done: Promise<void> | undefined

  constructor(
    url: string,
    listener: TailListener,
    log: (line: string) => void,
    bounds: Partial<TailBounds> = {},
  ) {
    this.#bounds = { ...usual, ...bounds }
    this.#url = url
    this.#listener = listener
    this.#log = log
  }

  start(): void {
    this.#done ??= this.#run()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#done
  }

  async #run(): Promise<void> {
    let wait: number = retry.first
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#connected(async (client) => this.#follow(client))
      } catch (error) {
        if (this.#stopping.signal.aborted) return
        if (this.vitals.database === 'up') wait = retry.first
        this.#down(error)
        await this.#sleep(wait)
        wait = Math.min(wait * 2, retry.last)
      }
    }
  }

  async #connected(work: (client: Client) => Promise<void>): Promise<void> {
    const client = new Client({
      connectionString: this.#url,
      application_name: 'holdpoint tail',
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      // A line that is cut without a word must not look like a quiet fleet.
      query_timeout: loadTimeoutMs,
    })
    // It also fails the read that is under way, which is where it is handled.
    client.on('error', () => undefined)
    const cut = (): void => void client.end().catch(() => undefined)
    this.#stopping.signal.addEventListener('abort', cut, { once: true })
    try {
      await client.connect()
      // A read that we gave up must not run on in the database, or each retry would add one more.
      await client.query(
        `set statement_timeout = ${loadTimeoutMs}; set client_connection_check_interval = '1s'`,
      )
      await work(client)
    } finally {
      this.#stopping.signal.removeEventListener('abort', cut)
      await client.end().catch(() => undefined)
    }
  }

  async #follow(client: Client): Promise<void> {
    let wait: number = pause.first
    while (!this.#stopping.signal.aborted) {
      const news = await this.#read(client)
      if (news === undefined) await this.#load(client)
      else this.#up(news)
      const quiet = news !== undefined && news.events.length === 0
      wait = quiet ? Math.min(wait * pause.growth, pause.last) : pause.first
      await this.#sleep(wait)
    }
  }

  async #load(client: Client): Promise<void> {
    const load = await loadFleet(client)
    this.#position = load.history
    this.#attempts = 0
    this.#listener.loaded(load)
  }

  /** @returns undefined when there is nothing that can be continued: the fleet must be loaded */
  async #read(client: Client): Promise<News | undefined> {
    if (this.#position === undefined) return undefined
    if (this.#attempts++ >= mostAttempts) {
      this.#log('the live tail starts anew: what is new could not be read')
      return undefined
    }
    const { mostEvents, readTimeoutMs } = this.#bounds
    const sent = Date.now()
    const tail = await within(
      readTimeoutMs,
      postgresEngine.tail(client, this.#position, mostEvents),
    )
    this.#attempts = 0
    if (tail.kind === 'resync') {
      this.#log(`the live tail starts anew: ${tail.why}`)
      return undefined
    }
    this.#position = tail.position
    this.vitals.heard(tail, sent, Date.now())
    return tail
  }

  #up(news: News): void {
    this.#listener.read(news)
    if (this.vitals.cameUp()) this.#listener.changed()
  }

  #down(error: unknown): void {
    if (!this.vitals.wentDown()) return
    this.#log(
      `the live tail lost the database: ${error instanceof Error ? error.message : String(error)}`,
    )
    this.#listener.changed()
  }

  async #sleep(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined)
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = new AbortController()
  try {
    return await Promise.race([
      work,
      sleep(ms, undefined, { signal: late.signal }).then(() => {
        throw new Error(`the database did not answer within ${ms} ms`)
      }),
    ])
  } finally {
    late.abort()
  }
}
