import type { Instant, Run, RunId, RunState, StatusCounts } from '@holdpoint/protocol'

import { coalesce } from './coalesce.ts'
import { FleetState } from './fleetState.ts'
import { RunsNow } from './runsNow.ts'
import { isFleetFrame, isFleetSnapshot, type StreamMessage } from './topic.ts'

/**
 * What the screens see. A new one for each step in time, made without copying the runs: they are read
 * as they are held at that instant, which may be newer than the view, never older.
 */
export interface FleetView {
  /** False until the first snapshot: nothing is known, which is not the same as nothing. */
  readonly known: boolean
  readonly runs: ReadonlyMap<string, Run>
  readonly counts: StatusCounts
  /** The runs held here, by the state a person is shown. */
  readonly states: Readonly<Record<RunState, number>>
  readonly approvalsWaiting: number
  readonly truncated: boolean
  readonly asOf: Instant | null
  /** More changes come than an eye can follow. */
  readonly busy: boolean
}

/** What came since it was told last: `all` after a snapshot, when nothing held before counts. */
export interface FleetChanges {
  readonly all: boolean
  readonly changed: ReadonlyMap<RunId, Run>
  readonly forgotten: ReadonlySet<RunId>
}

type Listener = () => void
type ChangeListener = (changes: FleetChanges) => void

/**
 * Three speeds. A row on screen hears of its own run at once; a list that is kept in order hears
 * what changed each 100 ms; whoever looks over all runs hears later still; both less often the more runs
 * there are.
 */
const changesEveryMs = 100
const wholeEveryMs = 250
const laidPerMs = 40
const runsPerMs = 20

/** Changes in a second from which it is busy, and below which it is calm again. */
const busyFrom = 150
const calmBelow = 75
const judgedEveryMs = 1000

export class FleetStore {
  readonly #state = new FleetState()
  readonly #listeners = new Set<Listener>()
  readonly #changeListeners = new Set<ChangeListener>()
  readonly #runListeners = new Map<string, Set<Listener>>()
  readonly #rowsChanged = new Set<string>()
  #changes = { all: false, changed: new Map<RunId, Run>(), forgotten: new Set<RunId>() }
  #pace = { changes: 0, since: performance.now(), busy: false }
  #view: FleetView = this.#look()

  /** Grows with each message: who built something from the runs can tell whether it is still all. */
  version = 0

  readonly #tellRows = coalesce(
    () => this.#flushRows(),
    () => 0,
  )
  readonly #tellChanges = coalesce(
    () => this.#flushChanges(),
    () => Math.max(changesEveryMs, this.#state.runs.size / laidPerMs),
  )
  readonly #tellAll = coalesce(
    () => this.#flushAll(),
    () => Math.max(wholeEveryMs, this.#state.runs.size / runsPerMs),
  )

  apply(message: StreamMessage): void {
    if (message.kind === 'snapshot' && isFleetSnapshot(message.data)) {
      this.#state.applySnapshot(message.data)
      this.#changes.all = true
      for (const id of this.#runListeners.keys()) this.#rowsChanged.add(id)
    } else if (message.kind === 'frame' && isFleetFrame(message.data)) {
      this.#note(this.#state.applyFrame(message.data))
    } else {
      return
    }
    this.version++
    if (this.#rowsChanged.size > 0) this.#tellRows()
    if (this.#changeListeners.size > 0) this.#tellChanges()
    else this.#forgetChanges()
    this.#tellAll()
  }

  readonly subscribe = (listener: Listener): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly view = (): FleetView => this.#view

  /** Every run held now. */
  readonly runs = (): Iterable<Run> => this.#state.runs.values()

  /** One run, as new as it is held. */
  readonly run = (id: string): Run | undefined => this.#state.runs.get(id as RunId)

  /** Hears what changed, each run once however often it did. */
  subscribeChanges(listener: ChangeListener): () => void {
    this.#changeListeners.add(listener)
    return () => this.#changeListeners.delete(listener)
  }

  subscribeRun(id: string, listener: Listener): () => void {
    const set = this.#runListeners.get(id) ?? new Set()
    this.#runListeners.set(id, set)
    set.add(listener)
    return () => {
      set.delete(listener)
      if (set.size === 0) this.#runListeners.delete(id)
    }
  }

  #note({ changed, forgotten }: ReturnType<FleetState['applyFrame']>): void {
    this.#pace.changes += changed.length
    for (const run of changed) {
      if (this.#runListeners.has(run.id)) this.#rowsChanged.add(run.id)
      this.#changes.changed.set(run.id, run)
    }
    for (const id of forgotten) {
      this.#changes.changed.delete(id)
      this.#changes.forgotten.add(id)
    }
  }

  #forgetChanges(): FleetChanges {
    const changes = this.#changes
    this.#changes = { all: false, changed: new Map(), forgotten: new Set() }
    return changes
  }

  #flushRows(): void {
    const changed = [...this.#rowsChanged]
    this.#rowsChanged.clear()
    for (const id of changed) {
      for (const listener of this.#runListeners.get(id) ?? []) listener()
    }
  }

  #flushChanges(): void {
    const changes = this.#forgetChanges()
    for (const listener of this.#changeListeners) listener(changes)
  }

  #flushAll(): void {
    this.#judgePace()
    this.#view = this.#look()
    for (const listener of this.#listeners) listener()
    // When nothing comes any more nobody else would say that it is calm.
    if (this.#pace.busy) this.#tellAll()
  }

  #judgePace(): void {
    const { changes, since, busy } = this.#pace
    const now = performance.now()
    if (now - since < judgedEveryMs) return
    const perSecond = (changes * 1000) / (now - since)
    this.#pace = { changes: 0, since: now, busy: perSecond > (busy ? calmBelow : busyFrom) }
  }

  #look(): FleetView {
    const { runs, counts, states, approvalsWaiting, truncated, asOf } = this.#state
    return {
      known: asOf !== null,
      runs: new RunsNow(runs),
      counts,
      states: { ...states },
      approvalsWaiting,
      truncated,
      asOf,
      busy: this.#pace.busy,
    }
  }
}
