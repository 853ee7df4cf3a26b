import { useQuery } from '@tanstack/react-query'

import { api } from '../app/trpc'
import { untilRead } from '../app/untilRead'
import { told, type Told } from '../errors/told'
import { useNow } from '../live/useNow'
import type { IncidentSearch } from './search'
import { windowOf, type IncidentWindow } from './window'

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
