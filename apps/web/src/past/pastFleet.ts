import { runState, runStates, runStatuses, type FleetAt, type Run } from '@holdpoint/protocol'

import type { FleetSource } from '../live/fleetSource.ts'
import type { FleetView } from '../live/fleetStore.ts'

const nobodyListens = (): (() => void) => () => {}

/** The fleet as it was at one instant. It never changes: another instant is another fleet. */
export class PastFleet implements FleetSource {
  readonly version = 0
  readonly #runs: ReadonlyMap<string, Run>
  readonly #view: FleetView

  /** @param answer null: not known yet, which is not the same as nothing */
  constructor(answer: FleetAt | null) {
    this.#runs = new Map(answer?.runs.map((run) => [run.id, run]))
    const states = Object.fromEntries(runStates.map((state) => [state, 0])) as Record<
      string,
      number
    >
    for (const run of this.#runs.values()) states[runState(run)] = (states[runState(run)] ?? 0) + 1
    this.#view = {
      known: answer !== null,
      runs: this.#runs,
      counts: Object.fromEntries(
        runStatuses.map((status) => [status, answer?.counts[status] ?? 0]),
      ) as FleetView['counts'],
      states: states as FleetView['states'],
      approvalsWaiting: answer?.approvalsWaiting ?? 0,
      truncated: answer?.truncated ?? false,
      asOf: answer?.at ?? null,
      busy: false,
    }
  }

  readonly view = (): FleetView => this.#view
  readonly runs = (): Iterable<Run> => this.#runs.values()
  readonly run = (id: string): Run | undefined => this.#runs.get(id)
  readonly subscribe = nobodyListens
  readonly subscribeChanges = nobodyListens
  readonly subscribeRun = nobodyListens
}
