export interface TurnBounds {
  /** Pieces of work that run at a time. */
  readonly all: number
  /** Of one person. */
  readonly each: number
  /** Kept free by those who have some running, for those who have none. */
  readonly kept: number
}

interface Line {
  running: number
  readonly waiting: (() => void)[]
}

/**
 * Lets people's work run side by side, so that nobody's much keeps another from their first. Whoever has fewest running
 * is next, and of those the one who has gone longest without a turn.
 */
export class FairTurns {
  readonly #bounds: TurnBounds
  /** By who asked; whoever had a turn last stands last. */
  readonly #lines = new Map<string, Line>()
  #running = 0

  constructor(bounds: TurnBounds) {
    this.#bounds = bounds
  }

  /** What someone has running and waiting. */
  openOf(who: string): number {
    const line = this.#lines.get(who)
    return line === undefined ? 0 : line.running + line.waiting.length
  }

  async take<T>(who: string, work: () => Promise<T>): Promise<T> {
    const line = this.#lines.get(who) ?? { running: 0, waiting: [] }
    this.#lines.set(who, line)
    await new Promise<void>((resolve) => {
      line.waiting.push(resolve)
      this.#begin()
    })
    try {
      return await work()
    } finally {
      line.running -= 1
      this.#running -= 1
      if (this.openOf(who) === 0) this.#lines.delete(who)
      this.#begin()
    }
  }

  /** Gives the free turns to those who are next. */
  #begin(): void {
    for (;;) {
      const who = this.#next()
      const line = who === undefined ? undefined : this.#lines.get(who)
      const begin = line?.waiting.shift()
      if (who === undefined || line === undefined || begin === undefined) return
      line.running += 1
      this.#running += 1
      this.#lines.delete(who)
      this.#lines.set(who, line)
      begin()
    }
  }

  #next(): string | undefined {
    let next: [who: string, line: Line] | undefined
    for (const [who, line] of this.#lines) {
      if (!this.#mayBegin(line)) continue
      if (next === undefined || line.running < next[1].running) next = [who, line]
    }
    return next?.[0]
  }

  #mayBegin({ running, waiting }: Line): boolean {
    if (waiting.length === 0) return false
    const { all, each, kept } = this.#bounds
    return running === 0 ? this.#running < all : running < each && this.#running < all - kept
  }
}
