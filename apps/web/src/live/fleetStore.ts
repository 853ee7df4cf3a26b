import type { Instant, Run, RunId, StatusCounts } from '@holdpoint/protocol'

import { coalesce } from './coalesce.ts'
import { FleetState } from './fleetState.ts'
import { isFleetFrame, isFleetSnapshot, type StreamMessage } from './topic.ts'

/** What the screens see: immutable, replaced whole, so that a render reads one moment. */
export interface FleetView {
  /** False until the first snapshot: nothing is known, which is not the same as nothing. */
  readonly known: boolean
  readonly runs: ReadonlyMap<string, Run>
  readonly counts: StatusCounts
  readonly approvalsWaiting: number
  readonly truncated: boolean
  readonly asOf: Instant | null
}

type Listener = () => void

/**
 * Two speeds. A row on screen hears of its own run at once; the whole view, which is filtered, sorted
 * and counted over, is replaced at most each 100 ms, and less often the more runs there are.
 */
const wholeEveryMs = 100
const runsPerMs = 20

export class FleetStore {
  readonly #state = new FleetState()
  readonly #listeners = new Set<Listener>()
  readonly #runListeners = new Map<string, Set<Listener>>()
  readonly #changed = new Set<string>()
  #view: FleetView = this.#look()

  readonly #tellRows = coalesce(
    () => this.#flushRows(),
    () => 0,
  )
  readonly #tellAll = coalesce(
    () => this.#flushAll(),
    () => Math.max(wholeEveryMs, this.#state.runs.size / runsPerMs),
  )

  apply(message: StreamMessage): void {
    if (message.kind === 'snapshot' && isFleetSnapshot(message.data)) {
      this.#state.applySnapshot(message.data)
      for (const id of this.#runListeners.keys()) this.#changed.add(id)
    } else if (message.kind === 'frame' && isFleetFrame(message.data)) {
      this.#state.applyFrame(message.data)
      for (const { id } of message.data.runs) if (this.#runListeners.has(id)) this.#changed.add(id)
    } else {
      return
    }
    if (this.#changed.size > 0) this.#tellRows()
    this.#tellAll()
  }

  readonly subscribe = (listener: Listener): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly view = (): FleetView => this.#view

  /** One run, as new as it is held. */
  readonly run = (id: string): Run | undefined => this.#state.runs.get(id as RunId)

  subscribeRun(id: string, listener: Listener): () => void {
    const set = this.#runListeners.get(id) ?? new Set()
    this.#runListeners.set(id, set)
    set.add(listener)
    return () => {
      set.delete(listener)
      if (set.size === 0) this.#runListeners.delete(id)
    }
  }

  #flushRows(): void {
    const changed = [...this.#changed]
    this.#changed.clear()
    for (const id of changed) {
      for (const listener of this.#runListeners.get(id) ?? []) listener()
    }
  }

  #flushAll(): void {
    this.#view = this.#look()
    for (const listener of this.#listeners) listener()
  }

  #look(): FleetView {
    const { runs, counts, approvalsWaiting, truncated, asOf } = this.#state
    return { known: asOf !== null, runs: new Map(runs), counts, approvalsWaiting, truncated, asOf }
  }
}
