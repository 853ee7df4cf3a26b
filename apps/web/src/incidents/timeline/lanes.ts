import type { Picture } from './picture.ts'
import { Rows } from './rows.ts'

/** Heights in px. */
export const rowHeight = 18
export const barHeight = 14
export const densityHeight = 12
const crowdHeight = 8
const edge = 5

/** Rows of runs in a lane: fewer where there are many lanes, so that a fleet is seen at once. */
const rowsFor = (lanes: number): number => (lanes <= 1 ? 24 : lanes <= 6 ? 8 : lanes <= 20 ? 4 : 3)

export interface LaneBox {
  readonly agentId: string
  readonly top: number
  readonly height: number
  /** Px from the top of the lane to its first row. */
  readonly rowsTop: number
  readonly rows: Rows
  /** Px from the top of the lane to what has no row; null: everything has one. */
  readonly crowdTop: number | null
}

/**
 * Which lanes there are, in which order, and where each run lies. The order is that of the first look: what is read
 * later adds lanes at the end and moves none.
 */
export class Lanes {
  #order: string[] = []
  #rows = new Map<string, Rows>()
  #boxes: readonly LaneBox[] = []
  #height = 0
  #most = 0

  get boxes(): readonly LaneBox[] {
    return this.#boxes
  }

  /** Px of all of them. */
  get height(): number {
    return this.#height
  }

  /** Another window or other agents: begins anew. */
  clear(): void {
    this.#order = []
    this.#rows = new Map()
    this.#boxes = []
    this.#height = 0
    this.#most = 0
  }

  /** `whole`: the picture of the whole window, which decides which lanes there are. */
  add(picture: Picture, whole: boolean): void {
    if (whole) {
      const known = new Set(this.#order)
      this.#order.push(...[...picture.lanes.keys()].filter((id) => !known.has(id)))
      const most = rowsFor(this.#order.length)
      // More room, or less: the runs are laid out again, once.
      if (most !== this.#most) this.#rows.clear()
      this.#most = most
    }
    for (const [agentId, { runs }] of picture.lanes) {
      let rows = this.#rows.get(agentId)
      if (rows === undefined) this.#rows.set(agentId, (rows = new Rows(this.#most)))
      rows.add(runs)
    }
    this.#place()
  }

  at(y: number): LaneBox | undefined {
    return this.#boxes.find(({ top, height }) => y >= top && y < top + height)
  }

  #place(): void {
    let top = 0
    this.#boxes = this.#order.map((agentId) => {
      const rows = this.#rows.get(agentId) ?? new Rows(this.#most)
      const rowsTop = edge + densityHeight + 3
      const bottom = rowsTop + Math.max(1, rows.count) * rowHeight
      const crowdTop = rows.crowded ? bottom : null
      const height = bottom + (rows.crowded ? crowdHeight : 0) + edge
      const box = { agentId, top, height, rowsTop, rows, crowdTop }
      top += height
      return box
    })
    this.#height = top
  }
}
