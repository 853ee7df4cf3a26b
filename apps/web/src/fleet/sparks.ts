/** Reads the last scores of some runs at once. */
export type ReadScores = (
  ids: readonly string[],
) => Promise<Readonly<Record<string, readonly number[]>>>

/** Rows come on screen and change in bursts: they are asked for together. */
const gatherMs = 150
/** What was read stays good for so long, however often its run changes. */
const freshMs = 2_000
const mostAtOnce = 150
/** Runs that scrolled by long ago are let go of. */
const mostKept = 1_000

interface Kept {
  readonly scores: readonly number[]
  /** The sequence of the run for which it was read, and when. */
  readonly seq: number
  readonly at: number
}

const none: readonly number[] = []

/** The last drift scores of the runs on screen, outside React: read in batches, and again as their runs go on. */
export class Sparks {
  readonly #read: ReadScores
  readonly #now: () => number
  readonly #kept = new Map<string, Kept>()
  readonly #wanted = new Map<string, number>()
  readonly #listeners = new Set<() => void>()
  #asking = false

  constructor(read: ReadScores, now: () => number = () => performance.now()) {
    this.#read = read
    this.#now = now
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** The same array until another was read. */
  readonly scores = (id: string): readonly number[] => this.#kept.get(id)?.scores ?? none

  /** A row shows this run as of that event. */
  want(id: string, seq: number): void {
    const kept = this.#kept.get(id)
    if (kept !== undefined && kept.seq >= seq) return
    this.#wanted.set(id, Math.max(seq, this.#wanted.get(id) ?? 0))
    if (this.#asking) return
    this.#asking = true
    setTimeout(() => void this.#ask(), gatherMs)
  }

  async #ask(): Promise<void> {
    const due = [...this.#wanted].filter(([id]) => this.#isDue(id)).slice(0, mostAtOnce)
    for (const [id] of due) this.#wanted.delete(id)
    if (due.length > 0) {
      // A sparkline that cannot be read is left as it was; the number beside it is live.
      const scores = await this.#read(due.map(([id]) => id)).catch(() => undefined)
      if (scores !== undefined) {
        for (const [id, seq] of due) this.#keep(id, seq, scores[id] ?? none)
        for (const listener of this.#listeners) listener()
      }
    }
    this.#asking = this.#wanted.size > 0
    if (this.#asking) setTimeout(() => void this.#ask(), freshMs / 4)
  }

  #isDue(id: string): boolean {
    const kept = this.#kept.get(id)
    return kept === undefined || this.#now() - kept.at >= freshMs
  }

  #keep(id: string, seq: number, scores: readonly number[]): void {
    this.#kept.delete(id)
    this.#kept.set(id, { scores, seq, at: this.#now() })
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > mostKept && oldest !== undefined) this.#kept.delete(oldest)
  }
}
