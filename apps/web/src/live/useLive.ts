import type { Run } from '@holdpoint/protocol'
import { useCallback, useSyncExternalStore } from 'react'

import type { Connection } from './connection.ts'
import type { FleetView } from './fleetStore.ts'
import { live } from './session.ts'
import { useMoment } from './useMoment.ts'

/** The fleet as it is, or as it was at the instant that is looked at. */
export function useFleet(): FleetView {
  const { fleet } = useMoment()
  return useSyncExternalStore(fleet.subscribe, fleet.view)
}

export const useConnection = (): Connection =>
  useSyncExternalStore(live.connection.subscribe, live.connection.get)

/** One run of the fleet, as new as it is held; undefined when the fleet does not hold it. */
export function useFleetRun(id: string): Run | undefined {
  const { fleet } = useMoment()
  return useSyncExternalStore(
    useCallback((changed) => fleet.subscribeRun(id, changed), [fleet, id]),
    () => fleet.run(id),
  )
}
