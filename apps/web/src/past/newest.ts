/** What is wanted, and of what the latest answer is. */
export interface Asked<Key, Answer> {
  readonly wanted: Key | null
  readonly shown: { readonly key: Key; readonly answer: Answer } | null
  readonly asking: boolean
  /** Why what was asked for last could not be answered; what is shown stays. */
  readonly problem: unknown
}

interface NewestOptions<Key, Answer> {
  readonly ask: (key: Key, signal: AbortSignal) => Promise<Answer>
  readonly same: (a: Key, b: Key) => boolean
  /** Ms after which a failure is tried again; null: no use. */
  readonly againMs: (error: unknown) => number | null
  readonly told: (asked: Asked<Key, Answer>) => void
}

/**
 * Asks for one thing at a time, and then for the newest that was wanted meanwhile: what a hand passed over on
 * its way is never asked for, and an answer always comes while it moves.
 */
export class Newest<Key, Answer> {
  readonly #options: NewestOptions<Key, Answer>
  #asked: Asked<Key, Answer> = { wanted: null, shown: null, asking: false, problem: null }
  #flight: AbortController | null = null
  #again: ReturnType<typeof setTimeout> | undefined

  constructor(options: NewestOptions<Key, Answer>) {
    this.#options = options
  }

  /** @param settled it is where the hand came to rest: what is asked for on the way is given up */
  want(key: Key, settled: boolean): void {
    const { wanted, shown } = this.#asked
    const same = (other: Key | null | undefined) =>
      other !== null && other !== undefined && this.#options.same(other, key)
    if (same(wanted) && (this.#flight !== null || this.#asked.problem !== null)) return
    this.#tell({ wanted: key, problem: null })
    clearTimeout(this.#again)
    if (same(shown?.key)) {
      this.#giveUp()
      return this.#tell({ asking: false })
    }
    if (this.#flight !== null && !settled) return
    this.#giveUp()
    void this.#ask(key)
  }

  retry(): void {
    const { wanted } = this.#asked
    if (wanted === null || this.#flight !== null) return
    clearTimeout(this.#again)
    void this.#ask(wanted)
  }

  stop(): void {
    clearTimeout(this.#again)
    this.#giveUp()
  }

  #giveUp(): void {
    this.#flight?.abort()
    this.#flight = null
  }

  async #ask(key: Key): Promise<void> {
    const flight = new AbortController()
    this.#flight = flight
    this.#tell({ asking: true })
    try {
      const answer = await this.#options.ask(key, flight.signal)
      if (this.#flight !== flight) return
      this.#flight = null
      const behind = this.#isBehind(key)
      this.#tell({ shown: { key, answer }, asking: behind, problem: null })
    } catch (error) {
      if (this.#flight !== flight) return
      this.#flight = null
      if (!this.#isBehind(key)) return this.#failed(error)
    }
    const { wanted } = this.#asked
    if (wanted !== null && this.#isBehind(key)) void this.#ask(wanted)
  }

  #isBehind(key: Key): boolean {
    const { wanted } = this.#asked
    return wanted !== null && !this.#options.same(wanted, key)
  }

  #failed(error: unknown): void {
    this.#tell({ asking: false, problem: error })
    const ms = this.#options.againMs(error)
    if (ms !== null) this.#again = setTimeout(() => this.retry(), ms)
  }

  #tell(change: Partial<Asked<Key, Answer>>): void {
    this.#asked = { ...this.#asked, ...change }
    this.#options.told(this.#asked)
  }
}
