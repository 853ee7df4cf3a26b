import { useSyncExternalStore } from 'react'

import { useMoment } from '../live/useMoment'

/** So much goes on that what moves for its own sake should stand still. */
export function useFleetBusy(): boolean {
  const { fleet } = useMoment()
  return useSyncExternalStore(fleet.subscribe, () => fleet.view().busy)
}
