import type { RunState } from '@holdpoint/protocol'

import type { PlacedRun } from './picture.ts'

/** Runs that stand in nobody's way may be drawn in the crowd; these may not. */
const troubled: ReadonlySet<RunState> = new Set([
  'failed',
  'killed',
  'lost',
  'paused',
  'needs_approval',
])

const mostRemembered = 5000

interface Taken {
  readonly id: string
  readonly from: number
  to: number
}

/**
 * Which row of its lane a run is drawn in. A run keeps its row for as long as the lane is looked at, at whatever zoom;
 * runs that overlap lie in different rows, and those for which there is none lie in the crowd below.
 */
export class Rows {
  readonly most: number
  readonly #rows: Taken[][] = []
  readonly #rowOf = new Map<string, number>()
  #crowded = false

  constructor(most: number) {
    this.most = most
  }

  get count(): number {
    return this.#rows.length
  }

  get crowded(): boolean {
    return this.#crowded
  }

  /** Null: in the crowd. */
  of(id: string): number | null {
    const row = this.#rowOf.get(id)
    return row === undefined || row >= this.most ? null : row
  }

  add(runs: readonly PlacedRun[]): void {
    if (this.#rowOf.size + runs.length > mostRemembered) this.#forget()
    const fresh = runs.filter(({ run }) => !this.#rowOf.has(run.id))
    for (const each of fresh) if (troubled.has(each.run.state)) this.#place(each)
    for (const each of fresh) if (!troubled.has(each.run.state)) this.#place(each)
  }

  #place({ run, from, to }: PlacedRun): void {
    for (let row = 0; row < this.most; row += 1) {
      const taken = (this.#rows[row] ??= [])
      const after = taken.findLastIndex((each) => each.from <= from)
      const before = taken[after]
      const next = taken[after + 1]
      if ((before !== undefined && before.to > from) || (next !== undefined && next.from < to))
        continue
      taken.splice(after + 1, 0, { id: run.id, from, to })
      this.#rowOf.set(run.id, row)
      return
    }
    this.#crowded = true
    this.#rowOf.set(run.id, this.most)
  }

  #forget(): void {
    this.#rows.length = 0
    this.#rowOf.clear()
    this.#crowded = false
  }
}
