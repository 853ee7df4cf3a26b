import { useSyncExternalStore } from 'react'

import { live } from '../live/session'

/** So much goes on that what moves for its own sake should stand still. */
export const useFleetBusy = (): boolean =>
  useSyncExternalStore(live.fleet.subscribe, () => live.fleet.view().busy)
