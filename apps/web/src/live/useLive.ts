import type { Run } from '@holdpoint/protocol'
import { useCallback, useSyncExternalStore } from 'react'

import type { Connection } from './connection.ts'
import type { FleetView } from './fleetStore.ts'
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
