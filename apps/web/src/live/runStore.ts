import type { Instant, Run, RunEvent } from '@holdpoint/protocol'

import { coalesce } from './coalesce.ts'
import { appendEvents, isFleetFrame, isFleetSnapshot, type StreamMessage } from './topic.ts'

/** One run as its stream tells it: events are canonical, everything else on the page is derived. */
export interface RunView {
  readonly run: Run | null
  /** Ascending, dense by seq. */
  readonly events: readonly RunEvent[]
  readonly asOf: Instant | null
  /** True when the first event of the run is held. */
  readonly complete: boolean
}

/** Ms between two drawings in a burst; the first event after a quiet time is drawn at once. */
const drawEveryMs = 50
const nothing: RunView = { run: null, events: [], asOf: null, complete: false }

const complete = (events: readonly RunEvent[]): boolean => (events[0]?.seq ?? 2) <= 1

export class RunStore {
  readonly #listeners = new Set<() => void>()
  readonly #notify: () => void
  #next: RunView = nothing
  #view: RunView = nothing

  constructor(drawEvery = drawEveryMs) {
    this.#notify = coalesce(
      () => this.#flush(),
      () => drawEvery,
    )
  }

  apply(message: StreamMessage): void {
    if (message.kind === 'snapshot' && !isFleetSnapshot(message.data)) {
      const { run, events, asOf } = message.data
      this.#set(joined(this.#next.events, events), run, asOf)
    } else if (message.kind === 'frame' && !isFleetFrame(message.data)) {
      const events = appendEvents(this.#next.events, message.data.events)
      this.#set(events, events.at(-1)?.state ?? this.#next.run, message.data.asOf)
    }
  }

  /** Puts an older page in front; what is held already is dropped. */
  prepend(older: readonly RunEvent[]): void {
    const first = this.#next.events[0]?.seq ?? Number.POSITIVE_INFINITY
    const fresh = older.filter((event) => event.seq < first)
    if (fresh.length > 0)
      this.#set([...fresh, ...this.#next.events], this.#next.run, this.#next.asOf)
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly view = (): RunView => this.#view

  #set(events: readonly RunEvent[], run: Run | null, asOf: Instant | null): void {
    this.#next = { events, run, asOf, complete: complete(events) }
    this.#notify()
  }

  #flush(): void {
    this.#view = this.#next
    for (const listener of this.#listeners) listener()
  }
}

/** After a resync: keep the older pages when the snapshot joins them without a gap, else start anew. */
function joined(held: readonly RunEvent[], snapshot: readonly RunEvent[]): readonly RunEvent[] {
  const last = held.at(-1)?.seq ?? 0
  const first = snapshot[0]?.seq ?? 1
  return last > 0 && first <= last + 1 ? appendEvents(held, snapshot) : snapshot
}
