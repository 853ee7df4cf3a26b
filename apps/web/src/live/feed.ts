import { frameNames, type Position } from '@holdpoint/protocol'

import {
  backoffMs,
  initialConnection,
  nextConnection,
  silenceAfterMs,
  type Connection,
  type Signal,
} from './connection.ts'
import type { StreamMessage, Topic } from './topic.ts'

export interface FeedListener {
  onMessage: (message: StreamMessage) => void
  onConnection: (connection: Connection) => void
}

/** A server that answers neither yes nor no within this many milliseconds has failed. */
const openingMs = 10_000
const watchEveryMs = 250

/**
 * One event stream, kept open: resumes by position, reconnects with jitter, and takes silence for
 * what it is. The only place that touches an EventSource.
 */
export class Feed {
  connection: Connection = initialConnection
  #position: Position | null = null
  #source: EventSource | null = null
  #heardAt = 0
  #retry: ReturnType<typeof setTimeout> | undefined
  #watch: ReturnType<typeof setInterval> | undefined
  readonly #topic: Topic
  readonly #listener: FeedListener

  constructor(topic: Topic, listener: FeedListener) {
    this.#topic = topic
    this.#listener = listener
  }

  start(): void {
    this.#watch = setInterval(() => this.#listenForSilence(), watchEveryMs)
    this.#open()
  }

  stop(): void {
    clearInterval(this.#watch)
    this.#drop()
  }

  /** Tries at once: a person pressed "try now", or the machine came back online. */
  retryNow(): void {
    if (this.#source?.readyState === EventSource.OPEN) return
    this.#drop()
    this.#open()
  }

  /** The session is over: nothing more is heard under it. */
  end(): void {
    if (this.connection.phase === 'signed-out') return
    this.#drop()
    this.#signal({ type: 'unauthenticated' })
  }

  /** As if nothing had been heard yet. */
  startAnew(): void {
    this.#drop()
    this.#position = null
    this.connection = initialConnection
    this.#open()
  }

  #drop(): void {
    clearTimeout(this.#retry)
    this.#source?.close()
    this.#source = null
  }

  #open(): void {
    const query = this.#position === null ? '' : `?position=${encodeURIComponent(this.#position)}`
    const url = `/api/stream/${this.#topic}${query}`
    const source = new EventSource(url)
    this.#source = source
    this.#heardAt = Date.now()
    for (const name of frameNames) {
      source.addEventListener(name, (event: MessageEvent<string>) => {
        if (this.#source === source) this.#heard(name, event)
      })
    }
    source.addEventListener('error', () => {
      if (this.#source === source) void this.#lost(url, source)
    })
  }

  #heard(name: (typeof frameNames)[number], event: MessageEvent<string>): void {
    this.#heardAt = Date.now()
    if (event.lastEventId !== '') this.#position = event.lastEventId
    if (name === 'resync') {
      this.#position = null
      return
    }
    const message = { kind: name, data: JSON.parse(event.data) as unknown } as StreamMessage
    this.#listener.onMessage(message)
    this.#signal(
      message.kind === 'health' ? { type: 'health', health: message.data } : { type: 'data' },
    )
  }

  /** An EventSource does not tell a refusal from a broken line, so the status is asked for once. */
  async #lost(url: string, source: EventSource): Promise<void> {
    const refused = source.readyState === EventSource.CLOSED
    source.close()
    this.#source = null
    const status = refused ? await statusOf(url) : null
    if (this.#source !== null) return
    if (status === 401) return this.#signal({ type: 'unauthenticated' })
    if (status === 404) return this.#signal({ type: 'not-found' })
    this.#break({ type: 'failed', at: Date.now() })
  }

  #listenForSilence(): void {
    const source = this.#source
    if (source === null) return
    const silentMs = Date.now() - this.#heardAt
    const limit = source.readyState === EventSource.OPEN ? silenceAfterMs : openingMs
    if (silentMs <= limit) return
    source.close()
    this.#source = null
    this.#break({ type: 'silence', at: this.#heardAt })
  }

  #break(signal: Signal): void {
    this.#signal(signal)
    const attempt = this.connection.phase === 'disconnected' ? this.connection.attempt : 1
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => this.#open(), backoffMs(attempt, Math.random()))
  }

  #signal(signal: Signal): void {
    const next = nextConnection(this.connection, signal)
    if (next === this.connection) return
    this.connection = next
    this.#listener.onConnection(next)
  }
}

async function statusOf(url: string): Promise<number | null> {
  const abort = new AbortController()
  try {
    const response = await fetch(url, {
      signal: abort.signal,
      headers: { accept: 'text/event-stream' },
    })
    return response.status
  } catch {
    return null
  } finally {
    abort.abort()
  }
}
