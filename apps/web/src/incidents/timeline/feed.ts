import type { Picture } from './picture.ts'
import type { Span } from './span.ts'

/** A question to the server, and how to know it again. */
export interface Ask extends Span {
  readonly key: string
  readonly width: number
  /** Null: all agents. */
  readonly agents: readonly string[] | null
  /** It reaches to now: what it found is asked for again after so long (ms). Null: it will not change. */
  readonly freshMs: number | null
}

interface FeedOptions {
  readonly read: (ask: Ask, signal: AbortSignal) => Promise<Picture>
  /** Called when there is another picture, or another failure. */
  readonly changed: () => void
  /** The database's clock (ms); it stands still while nothing is live. */
  readonly now: () => number
  readonly later?: (act: () => void, ms: number) => () => void
}

export interface Kept {
  readonly ask: Ask
  readonly picture: Picture
}

const mostKept = 24
/** Whoever moves on within this (ms) was not waiting for what lay on the way. */
const calmMs = 60
const againMs = [1000, 2000, 4000, 8000]

const timeout = (act: () => void, ms: number): (() => void) => {
  const timer = setTimeout(act, ms)
  return () => clearTimeout(timer)
}

/**
 * Pictures of the stretches that are looked at. One question is under way at a time; one that nobody needs any longer
 * is given up. What was seen last is kept, so that a way back asks nothing.
 */
export class Feed {
  readonly #options: FeedOptions
  /** Least recently wanted first. */
  readonly #kept = new Map<string, Kept>()
  #wanted: readonly Ask[] = []
  #running: { readonly key: string; readonly abort: AbortController } | null = null
  #cancel: (() => void) | null = null
  #failures = 0
  #failed: unknown = null

  constructor(options: FeedOptions) {
    this.#options = options
  }

  /** Why the last question was not answered; null: it was. */
  get failed(): unknown {
    return this.#failed
  }

  get reading(): boolean {
    return this.#running !== null || this.#next() !== undefined
  }

  /** What is kept, most recently wanted last. */
  get kept(): Iterable<Kept> {
    return this.#kept.values()
  }

  get(key: string): Picture | undefined {
    return this.#kept.get(key)?.picture
  }

  /** Says what is looked at now. Cheap when nothing has changed: it may be said each frame. */
  want(asks: readonly Ask[]): void {
    const same =
      asks.length === this.#wanted.length &&
      asks.every((ask, nth) => ask.key === this.#wanted[nth]?.key)
    this.#wanted = asks
    if (!same) {
      for (const { key } of asks) this.#touch(key)
      const running = this.#running
      if (running !== null && !asks.some(({ key }) => key === running.key)) this.#giveUp()
      // Another question is not to be blamed for the last one's failure.
      this.#failures = 0
      this.#cancel?.()
      this.#cancel = null
    }
    this.#schedule(this.#kept.size === 0 ? 0 : calmMs)
  }

  /** Asks again at once for what could not be read. */
  retry(): void {
    this.#cancel?.()
    this.#cancel = null
    this.#schedule(0)
  }

  close(): void {
    this.#wanted = []
    this.#cancel?.()
    this.#cancel = null
    this.#giveUp()
  }

  #giveUp(): void {
    this.#running?.abort.abort()
    this.#running = null
  }

  #touch(key: string): void {
    const kept = this.#kept.get(key)
    if (kept === undefined) return
    this.#kept.delete(key)
    this.#kept.set(key, kept)
  }

  #next(): Ask | undefined {
    const now = this.#options.now()
    return this.#wanted.find(({ key, freshMs }) => {
      const kept = this.#kept.get(key)
      if (kept === undefined) return true
      // What was read while it was still growing is read once more when it no longer does.
      const growing = kept.ask.freshMs
      return growing !== null && now - kept.picture.asOf >= (freshMs ?? 0)
    })
  }

  #schedule(ms: number): void {
    if (this.#cancel !== null || this.#running !== null || this.#next() === undefined) return
    const after = this.#failures > 0 ? (againMs[this.#failures - 1] ?? 8000) : ms
    this.#cancel = (this.#options.later ?? timeout)(() => {
      this.#cancel = null
      void this.#run()
    }, after)
  }

  async #run(): Promise<void> {
    const ask = this.#next()
    if (ask === undefined || this.#running !== null) return
    const abort = new AbortController()
    this.#running = { key: ask.key, abort }
    try {
      const picture = await this.#options.read(ask, abort.signal)
      if (abort.signal.aborted) return
      this.#keep(ask, picture)
      this.#failures = 0
      this.#failed = null
    } catch (error) {
      if (abort.signal.aborted) return
      this.#failures += 1
      this.#failed = error
    }
    this.#running = null
    this.#options.changed()
    this.#schedule(0)
  }

  #keep(ask: Ask, picture: Picture): void {
    this.#kept.delete(ask.key)
    this.#kept.set(ask.key, { ask, picture })
    for (const key of this.#kept.keys()) {
      if (this.#kept.size <= mostKept) break
      if (!this.#wanted.some((wanted) => wanted.key === key)) this.#kept.delete(key)
    }
  }
}
