import type { Run, RunId } from '@holdpoint/protocol'
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react'

import { initialConnection, type Connection } from './connection.ts'
import type { FleetView } from './fleetStore.ts'
import { RunStore, type RunView } from './runStore.ts'
import { live } from './session.ts'

export const useFleet = (): FleetView => useSyncExternalStore(live.fleet.subscribe, live.fleet.view)

export const useConnection = (): Connection =>
  useSyncExternalStore(live.connection.subscribe, live.connection.get)

/** One run of the fleet, as new as it is held; undefined when the stream does not hold it. */
export const useFleetRun = (id: string): Run | undefined =>
  useSyncExternalStore(
    useCallback((changed) => live.fleet.subscribeRun(id, changed), [id]),
    () => live.fleet.run(id),
  )

export interface LiveRun extends RunView {
  readonly connection: Connection
  readonly store: RunStore
}

/** Watches a run for as long as the component that asks is on screen; key that component by the id. */
export function useRun(id: RunId): LiveRun {
  const [store] = useState(() => new RunStore())
  const [connection, setConnection] = useState(initialConnection)
  useEffect(() => live.watchRun(id, store, setConnection), [id, store])
  const view = useSyncExternalStore(store.subscribe, store.view)
  return { ...view, connection, store }
}
