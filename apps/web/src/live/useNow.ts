import { useSyncExternalStore } from 'react'

import { localClock } from './databaseClock.ts'
import { useMoment } from './useMoment.ts'

/**
 * The database's clock in ms, or null before it was heard. Stands still while the stream is not live, and
 * where the past is looked at.
 */
export function useNow(): number | null {
  const { clock } = useMoment()
  return useSyncExternalStore(clock.subscribe, clock.now)
}

/** This machine's clock in ms, for "disconnected 12 s ago". */
export const useLocalNow = (): number => useSyncExternalStore(localClock.subscribe, localClock.now)
