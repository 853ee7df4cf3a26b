import type { Instant, Run, StatusCounts } from '@holdpoint/protocol'

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

/** A person reads ten changes a second at most; drawing more often would only cost battery. */
const drawEveryMs = 100

export class FleetStore {
  readonly #state = new FleetState()
  readonly #listeners = new Set<() => void>()
  readonly #notify: () => void
  #view: FleetView = this.#look()

  constructor(drawEvery = drawEveryMs) {
    this.#notify = coalesce(() => this.#flush(), drawEvery)
  }

  apply(message: StreamMessage): void {
    if (message.kind === 'snapshot' && isFleetSnapshot(message.data)) {
      this.#state.applySnapshot(message.data)
    } else if (message.kind === 'frame' && isFleetFrame(message.data)) {
      this.#state.applyFrame(message.data)
    } else {
      return
    }
    this.#notify()
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly view = (): FleetView => this.#view

  #flush(): void {
    this.#view = this.#look()
    for (const listener of this.#listeners) listener()
  }

  #look(): FleetView {
    const { runs, counts, approvalsWaiting, truncated, asOf } = this.#state
    return { known: asOf !== null, runs: new Map(runs), counts, approvalsWaiting, truncated, asOf }
  }
}
