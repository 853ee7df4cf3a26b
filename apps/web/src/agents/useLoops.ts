import { useQuery } from '@tanstack/react-query'

import { api } from '../app/trpc'
import { untilRead } from '../app/untilRead'

/** Loops that said when they will be heard of, with their latest firings. */
export const useLoops = () =>
  useQuery({
    ...untilRead,
    queryKey: ['loops'],
    queryFn: () => api.loops.list.query(),
    refetchInterval: 10_000,
  })
