import { encodeEvent } from './sse.ts'

/** Where a viewer's bytes go: Node's ServerResponse, or a test's stand-in. */
export interface Sink {
  write: (bytes: Buffer) => boolean
  readonly writableLength: number
  once: (event: 'drain', listener: () => void) => unknown
  end: () => unknown
  destroy: () => unknown
}

/** Bytes that may wait for one slow viewer, beyond a snapshot that it is still reading. */
export const mostWaiting = 1024 * 1024
/** Bytes that may wait for one that is still catching up. */
const mostQueued = 1024 * 1024
/** One that reads nothing for this long is hung up on. */
const patienceMs = 30_000
const resync = encodeEvent('resync', '{}')

type State = 'starting' | 'live' | 'behind' | 'gone'

/**
 * One open stream. It is sent a start (a snapshot, or what it missed), then frames. One that reads too
 * slowly gets nothing until it has read what waits, then a resync and a fresh start: memory per viewer is
 * bounded (invariant 12) and a gap is never silent (invariant 4).
 */
export class Viewer {
  readonly #sink: Sink
  readonly #restart: (attempt: number) => void
  #attempt = 0
  #state: State = 'starting'
  #queue: Buffer[] = []
  #queued = 0
  #allowance = mostWaiting
  #giveUp: NodeJS.Timeout | undefined

  /** @param restart asked for when the viewer can no longer be continued; must lead to `begin(attempt, …)` */
  constructor(sink: Sink, restart: (attempt: number) => void) {
    this.#sink = sink
    this.#restart = restart
  }

  get state(): State {
    return this.#state
  }

  /** Which start it waits for, or has had; each resync asks for another. */
  get attempt(): number {
    return this.#attempt
  }

  /** Its start, and then what came while that was made. A start that was overtaken by a resync is dropped. */
  begin(attempt: number, start: readonly Buffer[]): void {
    if (this.#state !== 'starting' || attempt !== this.#attempt) return
    this.#state = 'live'
    for (const bytes of start) this.#sink.write(bytes)
    this.#allowance = mostWaiting + this.#sink.writableLength
    const queue = this.#queue
    this.#queue = []
    this.#queued = 0
    for (const bytes of queue) this.send(bytes)
  }

  /** A frame. @returns false when it was not taken: the viewer will be started anew. */
  send(bytes: Buffer): boolean {
    if (this.#state === 'starting') return this.#wait(bytes)
    if (this.#state !== 'live') return false
    const waiting = this.#sink.writableLength
    if (waiting > this.#allowance) {
      this.#fallBehind()
      return false
    }
    if (waiting <= mostWaiting) this.#allowance = mostWaiting
    this.#sink.write(bytes)
    return true
  }

  /** Something that is not part of the sequence: told now or not at all. */
  tell(bytes: Buffer): void {
    if (this.#state === 'gone' || this.#state === 'behind') return
    if (this.#sink.writableLength <= this.#allowance) this.#sink.write(bytes)
  }

  /** What it holds is no longer good: says so and starts it anew. */
  resync(): void {
    if (this.#state === 'gone' || this.#state === 'behind') return
    this.#state = 'starting'
    this.#queue = []
    this.#queued = 0
    this.#attempt++
    this.#sink.write(resync)
    this.#restart(this.#attempt)
  }

  /** Ends the stream; the browser comes back by itself. */
  close(): void {
    if (this.#state === 'gone') return
    this.left()
    this.#sink.end()
  }

  /** The other side hung up. */
  left(): void {
    this.#state = 'gone'
    this.#queue = []
    clearTimeout(this.#giveUp)
  }

  #wait(bytes: Buffer): boolean {
    this.#queue.push(bytes)
    this.#queued += bytes.length
    if (this.#queued <= mostQueued) return true
    this.resync()
    return false
  }

  #fallBehind(): void {
    this.#state = 'behind'
    this.#giveUp = setTimeout(() => {
      this.left()
      this.#sink.destroy()
    }, patienceMs)
    this.#giveUp.unref()
    this.#sink.once('drain', () => {
      clearTimeout(this.#giveUp)
      if (this.#state !== 'behind') return
      this.#state = 'live'
      this.resync()
    })
  }
}
