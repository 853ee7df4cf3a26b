import { useSyncExternalStore } from 'react'

import { databaseClock } from '../live/databaseClock'
import { useLocalNow } from '../live/useNow'

interface Present {
  /** The database's clock now (ms), also while the page stands at an instant of the past; null: not heard yet. */
  readonly heard: number | null
  /** The same; before it was heard this machine's. */
  readonly ms: number
}

export function usePresent(): Present {
  const heard = useSyncExternalStore(databaseClock.subscribe, databaseClock.now)
  const local = useLocalNow()
  return { heard, ms: heard ?? local }
}
