import type { RunEvent } from '@holdpoint/db'
import {
  isFinal,
  type RunId,
  type RunStatus,
  runStatuses,
  type StatusCounts,
} from '@holdpoint/protocol'

import { type FleetLoad, mostActive, mostEnded } from './load-fleet.ts'

interface Held {
  seq: number
  status: RunStatus
  state: string | null
}

/**
 * The latest state of every run that has not ended and of the latest that have. Counts follow from the
 * state before and after each event; nothing is ever counted again while the tail holds.
 */
export class Fleet {
  readonly #active = new Map<RunId, Held>()
  /** In the order in which they ended; the oldest leave. */
  readonly #ended = new Map<RunId, Held>()
  readonly #approvals = new Map<RunId, Set<string>>()
  readonly #counts: Record<RunStatus, number>
  #waiting = 0

  constructor(load: Pick<FleetLoad, 'counts' | 'runs'>) {
    this.#counts = Object.fromEntries(
      runStatuses.map((status) => [status, load.counts[status] ?? 0]),
    ) as Record<RunStatus, number>
    for (const { id, openApprovals, ...held } of load.runs) {
      const runs = isFinal(held.status) ? this.#ended : this.#active
      runs.set(id, held)
      for (const approval of openApprovals) this.#open(id, approval)
    }
  }

  /** @returns false when the event was known already. */
  apply(event: RunEvent): boolean {
    const run = event.workflow_id as RunId
    const status = event.status as RunStatus
    const before = this.#active.get(run) ?? this.#ended.get(run)
    if (before !== undefined && event.seq <= before.seq) return false
    // A run that is not held and not new ended long ago: what comes late does not change its status.
    if (before === undefined) {
      if (event.seq === 1) this.#counts[status]++
    } else if (before.status !== status) {
      this.#counts[before.status]--
      this.#counts[status]++
    }
    this.#count(run, event, isFinal(status))
    this.#keep(run, { seq: event.seq, status, state: event.state }, before)
    return true
  }

  get counts(): StatusCounts {
    return { ...this.#counts }
  }

  get approvalsWaiting(): number {
    return this.#waiting
  }

  /** True when runs that have not ended are too many to be sent. */
  get truncated(): boolean {
    return this.#active.size > mostActive
  }

  /** A `Run` as JSON text, or undefined when it is not held. */
  state(id: RunId): string | undefined {
    return (this.#active.get(id) ?? this.#ended.get(id))?.state ?? undefined
  }

  /** The states to start a page with, as JSON text: the newest that have not ended, then the ended. */
  states(): string[] {
    const active = [...this.#active.values()].flatMap(({ state }) =>
      state === null ? [] : [state],
    )
    const ended = [...this.#ended.values()].flatMap(({ state }) => (state === null ? [] : [state]))
    return [...active.slice(-mostActive), ...ended]
  }

  #keep(run: RunId, held: Held, before: Held | undefined): void {
    if (!isFinal(held.status)) {
      this.#active.set(run, held)
      return
    }
    this.#active.delete(run)
    // What comes late about a run that ended long ago does not make it one of the latest.
    if (before === undefined && held.seq !== 1) return
    this.#ended.set(run, held)
    if (this.#ended.size <= mostEnded) return
    const [oldest] = this.#ended.keys()
    if (oldest !== undefined) this.#ended.delete(oldest)
  }

  #count(run: RunId, { kind, approval_id: approval }: RunEvent, ended: boolean): void {
    const open = this.#approvals.get(run)
    if (ended) {
      // The end of a run closes what it asked for.
      this.#waiting -= open?.size ?? 0
      this.#approvals.delete(run)
    } else if (approval !== null && kind === 'approval.requested') {
      this.#open(run, approval)
    } else if (approval !== null && (kind === 'approval.decided' || kind === 'approval.expired')) {
      if (open?.delete(approval) === true) this.#waiting--
      if (open?.size === 0) this.#approvals.delete(run)
    }
  }

  #open(run: RunId, approval: string): void {
    const open = this.#approvals.get(run) ?? new Set()
    this.#approvals.set(run, open)
    if (open.has(approval)) return
    open.add(approval)
    this.#waiting++
  }
}
