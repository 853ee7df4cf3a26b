import {
  isFinal,
  runStatuses,
  type FleetFrame,
  type FleetSnapshot,
  type Instant,
  type Position,
  type Run,
  type RunId,
  type StatusCounts,
} from '@holdpoint/protocol'

const noCounts = Object.fromEntries(runStatuses.map((status) => [status, 0])) as StatusCounts

/** Ended runs beyond this many are forgotten, oldest first: a page open for a week must not grow. */
const keptEnded = 3000

/** The fleet as the stream tells it. Mutable and silent; FleetStore tells the screens about it. */
export class FleetState {
  readonly runs = new Map<RunId, Run>()
  counts: StatusCounts = noCounts
  approvalsWaiting = 0
  truncated = false
  asOf: Instant | null = null
  #position: Position = ''

  applySnapshot(snapshot: FleetSnapshot): void {
    this.runs.clear()
    for (const run of snapshot.runs) this.runs.set(run.id, run)
    this.truncated = snapshot.truncated
    this.#header(snapshot)
  }

  /** Takes each run that is newer than what is held; a late or repeated one changes nothing. */
  applyFrame(frame: FleetFrame): void {
    for (const run of frame.runs) {
      const held = this.runs.get(run.id)
      if (held === undefined || run.seq > held.seq) this.runs.set(run.id, run)
    }
    if (this.runs.size > keptEnded * 2) this.#forgetOldest()
    this.#header(frame)
  }

  snapshot(): FleetSnapshot | null {
    if (this.asOf === null) return null
    return {
      position: this.#position,
      asOf: this.asOf,
      runs: [...this.runs.values()],
      counts: this.counts,
      approvalsWaiting: this.approvalsWaiting,
      truncated: this.truncated,
    }
  }

  #header(from: FleetFrame | FleetSnapshot): void {
    this.counts = from.counts
    this.approvalsWaiting = from.approvalsWaiting
    this.asOf = from.asOf
    this.#position = from.position
  }

  #forgetOldest(): void {
    const ended = [...this.runs.values()].filter((run) => isFinal(run.status))
    ended.sort((a, b) => (a.lastEvent.at < b.lastEvent.at ? 1 : -1))
    for (const run of ended.slice(keptEnded)) this.runs.delete(run.id)
  }
}
