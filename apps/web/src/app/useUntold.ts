import { useQuery } from '@tanstack/react-query'

import { api } from './trpc'

/** How many notifications were given up. Nobody is told of that but here. */
export function useUntold(): number {
  const { data } = useQuery({
    queryKey: ['channels', 'trouble'],
    queryFn: () => api.channels.trouble.query(),
    refetchInterval: 15_000,
  })
  return data?.channels.reduce((sum, { failed }) => sum + failed, 0) ?? 0
}
