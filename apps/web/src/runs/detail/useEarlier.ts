import type { ActionId, RunId } from '@holdpoint/protocol'
import { keepPreviousData, useQuery } from '@tanstack/react-query'

import { api } from '../../app/trpc'

export type Attempted =
  | { readonly actionId: ActionId }
  | { readonly id: RunId; readonly step: string; readonly occurrence: number }

/** What was tried before this attempt; of the first nothing is asked. */
export const useEarlier = (of: Attempted, cacheKey: readonly unknown[], attempt: number) =>
  useQuery({
    queryKey: [...cacheKey, 'attempts', attempt],
    queryFn: () => api.runs.attempts.query(of),
    enabled: attempt > 1,
    placeholderData: keepPreviousData,
    gcTime: 10_000,
  })

export type EarlierQuery = ReturnType<typeof useEarlier>
