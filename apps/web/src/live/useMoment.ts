import type { Instant } from '@holdpoint/protocol'
import { createContext, useContext } from 'react'

import { databaseClock } from './databaseClock.ts'
import type { FleetSource } from './fleetSource.ts'
import { live } from './session.ts'

/** What everything on the page stands at: now, or an instant of the past. */
export interface Moment {
  /** Null: now. Of the past nothing can be commanded. */
  readonly at: Instant | null
  readonly fleet: FleetSource
  /** The database's clock in ms, or null before it was heard; of the past it stands still. */
  readonly clock: {
    readonly subscribe: (listener: () => void) => () => void
    readonly now: () => number | null
  }
}

export const now: Moment = { at: null, fleet: live.fleet, clock: databaseClock }

export const MomentContext = createContext(now)

export const useMoment = (): Moment => useContext(MomentContext)

/** The instant that is looked at; null: now. */
export const usePastInstant = (): Instant | null => useMoment().at
