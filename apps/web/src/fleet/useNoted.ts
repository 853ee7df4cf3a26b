import { useQuery } from '@tanstack/react-query'

import { api } from '../app/trpc'
import { untilRead } from '../app/untilRead'

/** What rules found in runs that no policy holds for it. */
export const useNoted = () =>
  useQuery({
    ...untilRead,
    queryKey: ['drift', 'noted'],
    queryFn: () => api.detections.noted.query(),
    refetchInterval: 5_000,
  })
