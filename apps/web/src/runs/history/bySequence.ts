interface HasSequence {
  readonly seq: number
}

/** Rows of one question; the server takes no more. */
const atOnce = 300
const retryMs = 3000

/**
 * Rows of a long list, read for what is on screen and let go of again, least lately wanted first. What
 * scrolled by before it could be asked for is not read at all.
 */
export class BySequence<Row extends HasSequence> {
  /** Why the latest question failed; asked again by itself. */
  problem: unknown = null
  readonly #held = new Map<number, Row>()
  readonly #read: (seqs: readonly number[]) => Promise<readonly Row[]>
  readonly #changed: () => void
  readonly #most: number
  /** Asked for, and not there: asking again at each drawing would never end. */
  readonly #absent = new Set<number>()
  #wanted: readonly number[] = []
  #reading = false
  /** Grows when everything is forgotten: what was asked for before is an answer about something else. */
  #era = 0

  constructor(
    read: (seqs: readonly number[]) => Promise<readonly Row[]>,
    changed: () => void,
    most = 4000,
  ) {
    this.#read = read
    this.#changed = changed
    this.#most = most
  }

  get(seq: number): Row | undefined {
    return this.#held.get(seq)
  }

  put(row: Row): void {
    this.#absent.delete(row.seq)
    this.#held.delete(row.seq)
    this.#held.set(row.seq, row)
    for (const oldest of this.#held.keys()) {
      if (this.#held.size <= this.#most) return
      this.#held.delete(oldest)
    }
  }

  /** Another state of a row that is held. */
  replace(row: Row): void {
    if (this.#held.has(row.seq)) this.#held.set(row.seq, row)
  }

  forget(seq: number): void {
    this.#held.delete(seq)
    this.#absent.delete(seq)
  }

  clear(): void {
    this.#held.clear()
    this.#absent.clear()
    this.#era += 1
  }

  /** Says what is on screen now; what was wanted before and is not any more need not come. */
  want(seqs: readonly number[]): void {
    const missing: number[] = []
    for (const seq of seqs) {
      const row = this.#held.get(seq)
      if (row !== undefined) this.put(row)
      else if (!this.#absent.has(seq)) missing.push(seq)
    }
    this.#wanted = missing
    if (missing.length > 0 && !this.#reading) void this.#pump()
  }

  async #pump(): Promise<void> {
    this.#reading = true
    // What is wanted in one scroll changes many times before the next question.
    await Promise.resolve()
    while (this.#wanted.length > 0) {
      const asked = this.#wanted.slice(0, atOnce)
      const era = this.#era
      try {
        const rows = await this.#read(asked)
        this.problem = null
        if (era !== this.#era) continue
        this.#take(asked, rows)
        this.#changed()
      } catch (error) {
        this.problem = error
        this.#changed()
        await new Promise((resolve) => setTimeout(resolve, retryMs))
      }
    }
    this.#reading = false
  }

  #take(asked: readonly number[], rows: readonly Row[]): void {
    for (const seq of asked) this.#absent.add(seq)
    for (const row of rows) this.put(row)
    const answered = new Set(asked)
    this.#wanted = this.#wanted.filter((seq) => !answered.has(seq))
  }
}
