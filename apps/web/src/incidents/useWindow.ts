import { useQuery } from '@tanstack/react-query'

import { api } from '../app/trpc'
import { untilRead } from '../app/untilRead'
import { told, type Told } from '../errors/told'
import { useNow } from '../live/useNow'
import { momentMs } from '../time/moment'
import type { IncidentSearch } from './search'
import type { Span } from './timeline/span'

const hour = 3_600_000
/** Where nothing is chosen: so long until now, or since the history began if that is shorter. */
const usualMs = 24 * hour
const leastMs = 1000

export interface IncidentWindow {
  readonly span: Span
  /** Its end is now. */
  readonly live: boolean
  /** When the history begins (ms); null: there is none. */
  readonly begins: number | null
  readonly now: number
}

interface WindowState {
  readonly window: IncidentWindow | null
  readonly failed: Told | null
  readonly again: () => void
}

/** The window that an address means, by the database's clock. */
export function useWindow(search: IncidentSearch): WindowState {
  const bounds = useQuery({
    ...untilRead,
    queryKey: ['history', 'bounds'],
    queryFn: () => api.history.bounds.query(),
    staleTime: 60_000,
  })
  const heard = useNow()
  const { data, failureReason, refetch } = bounds
  return {
    window:
      data === undefined ? null : windowOf(search, heard ?? Date.parse(data.now), data.begins),
    failed: failureReason === null || data !== undefined ? null : told(failureReason, 'read'),
    again: () => void refetch(),
  }
}

export function windowOf(
  { from, to }: IncidentSearch,
  now: number,
  beginning: string | null,
): IncidentWindow {
  const begins = beginning === null ? null : Date.parse(beginning)
  const end = Math.min(now, to === undefined ? now : momentMs(to, now))
  const usual = Math.max(end - usualMs, begins === null ? 0 : begins - (end - begins) * 0.02)
  const start = from === undefined ? usual : momentMs(from, now)
  return {
    span: { from: Math.min(start, end - leastMs), to: end },
    live: to === undefined,
    begins,
    now,
  }
}
