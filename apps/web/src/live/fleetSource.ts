import type { Run } from '@holdpoint/protocol'

import type { FleetChanges, FleetView } from './fleetStore.ts'

/** A fleet that the screens can show: the live one, or as it was at an instant. */
export interface FleetSource {
  /** Grows when runs change. */
  readonly version: number
  readonly subscribe: (listener: () => void) => () => void
  readonly view: () => FleetView
  readonly runs: () => Iterable<Run>
  readonly run: (id: string) => Run | undefined
  readonly subscribeChanges: (listener: (changes: FleetChanges) => void) => () => void
  readonly subscribeRun: (id: string, listener: () => void) => () => void
}
