import type { Picture } from './picture.ts'
import { Rows } from './rows.ts'
import { wholeFleet } from './wholeFleet.ts'

/** Heights in px. */
export const barHeight = 14
export const toolHeight = 12
export const densityHeight = 12
const rowHeight = 18
const crowdHeight = 8
const fleetHeight = 28
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
  /** Px from row to row. */
  readonly rowHeight: number
  /** Below the bar of each row there is a line for its tools. */
  readonly hasToolLine: boolean
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
  #hasToolLine = false

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
      const most = rowsFor(this.#order.filter((id) => id !== wholeFleet).length)
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

  get hasToolLine(): boolean {
    return this.#hasToolLine
  }

  /** Whether each row has a line for tools: where none is wide enough to be named it would be empty. */
  giveToolLine(hasToolLine: boolean): void {
    if (hasToolLine === this.#hasToolLine) return
    this.#hasToolLine = hasToolLine
    this.#place()
  }

  at(y: number): LaneBox | undefined {
    return this.#boxes.find(({ top, height }) => y >= top && y < top + height)
  }

  #place(): void {
    let top = 0
    this.#boxes = this.#order.map((agentId) => {
      const box = this.#boxOf(agentId, top)
      top += box.height
      return box
    })
    this.#height = top
  }

  #boxOf(agentId: string, top: number): LaneBox {
    const rows = this.#rows.get(agentId) ?? new Rows(this.#most)
    const hasToolLine = this.#hasToolLine
    const high = rowHeight + (hasToolLine ? toolHeight : 0)
    const rowsTop = edge + densityHeight + 3
    const bottom = rowsTop + Math.max(1, rows.count) * high
    const crowdTop = rows.crowded ? bottom : null
    const height =
      agentId === wholeFleet ? fleetHeight : bottom + (rows.crowded ? crowdHeight : 0) + edge
    return { agentId, top, height, rowsTop, rows, rowHeight: high, hasToolLine, crowdTop }
  }
}
