import {
  isFinal,
  runState,
  runStates,
  runStatuses,
  type FleetFrame,
  type FleetSnapshot,
  type Instant,
  type Position,
  type Run,
  type RunId,
  type RunState,
  type StatusCounts,
} from '@holdpoint/protocol'

const noCounts = Object.fromEntries(runStatuses.map((status) => [status, 0])) as StatusCounts
const noStates = (): Record<RunState, number> =>
  Object.fromEntries(runStates.map((state) => [state, 0])) as Record<RunState, number>

/** Ended runs beyond this many are forgotten, oldest first: a page open for a week must not grow. */
const keptEnded = 3000

/** What one message changed. */
export interface Taken {
  readonly changed: readonly Run[]
  readonly forgotten: readonly RunId[]
}

/** The fleet as the stream tells it. Mutable and silent; FleetStore tells the screens about it. */
export class FleetState {
  readonly runs = new Map<RunId, Run>()
  counts: StatusCounts = noCounts
  /** The runs held here by the state a person is shown; kept as they change, never counted over. */
  states = noStates()
  approvalsWaiting = 0
  truncated = false
  asOf: Instant | null = null
  #ended = 0
  #position: Position = ''

  applySnapshot(snapshot: FleetSnapshot): void {
    this.runs.clear()
    this.states = noStates()
    this.#ended = 0
    for (const run of snapshot.runs) this.#hold(run, undefined)
    this.truncated = snapshot.truncated
    this.#header(snapshot)
  }

  /** Takes each run that is newer than what is held; a late or repeated one changes nothing. */
  applyFrame(frame: FleetFrame): Taken {
    const changed: Run[] = []
    for (const run of frame.runs) {
      const held = this.runs.get(run.id)
      if (held !== undefined && run.seq <= held.seq) continue
      this.#hold(run, held)
      changed.push(run)
    }
    this.#header(frame)
    return { changed, forgotten: this.#ended > keptEnded * 2 ? this.#forgetOldest() : [] }
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

  #hold(run: Run, held: Run | undefined): void {
    if (held !== undefined) this.#count(held, -1)
    this.#count(run, 1)
    this.runs.set(run.id, run)
  }

  #count(run: Run, by: 1 | -1): void {
    this.states[runState(run)] += by
    if (isFinal(run.status)) this.#ended += by
  }

  #forgetOldest(): readonly RunId[] {
    const ended = [...this.runs.values()].filter((run) => isFinal(run.status))
    ended.sort((a, b) => (a.lastEvent.at < b.lastEvent.at ? 1 : -1))
    const forgotten = ended.slice(keptEnded)
    for (const run of forgotten) {
      this.#count(run, -1)
      this.runs.delete(run.id)
    }
    return forgotten.map(({ id }) => id)
  }
}
