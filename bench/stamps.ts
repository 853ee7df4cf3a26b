import { Samples } from './samples.ts'

/** Wall clock in milliseconds with fractions: the same scale as `performance.timeOrigin + now()` in a browser. */
export const wallClock = (): number => performance.timeOrigin + performance.now()

/** When each numbered write was committed, and when someone saw it. */
export class Stamps {
  readonly #committed = new Map<number, number>()
  readonly #seen: { n: number; at: number }[] = []

  committed(n: number, at: number): void {
    this.#committed.set(n, at)
  }

  seen(n: number, at: number): void {
    this.#seen.push({ n, at })
  }

  /** From commit (its acknowledgement at the writer) to sight; a sight before the acknowledgement counts as 0. */
  delays(): Samples {
    const samples = new Samples()
    const first = new Map<number, number>()
    for (const { n, at } of this.#seen) first.set(n, Math.min(at, first.get(n) ?? Infinity))
    for (const [n, at] of first) {
      const committed = this.#committed.get(n)
      if (committed !== undefined) samples.add(Math.max(0, at - committed))
    }
    return samples
  }
}

/** The number in a step's name, `e17`; undefined for anything else. */
export function numberOf(step: string | null | undefined): number | undefined {
  const digits = /^e(\d+)$/.exec(step ?? '')?.[1]
  return digits === undefined ? undefined : Number(digits)
}
