import type { RunId } from '@holdpoint/protocol'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'

import { api } from '../app/trpc'

/** A run's action ledger, newest first; read anew when `mark` (the run's sequence) has moved on. */
export const useActions = (id: RunId, mark: number, over: boolean) =>
  useInfiniteQuery({
    queryKey: ['runs', id, 'actions', Math.floor(mark / 4)],
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam }) =>
      api.runs.actions.query({
        id,
        limit: 200,
        ...(pageParam !== null && { cursor: pageParam }),
      }),
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    gcTime: 10_000,
    // What ends late is told by an event; what waits for nothing is not asked for again.
    refetchInterval: over ? false : 4000,
  })
