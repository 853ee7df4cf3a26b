import { useQuery } from '@tanstack/react-query'

import { api } from '../app/trpc'

/** Who is signed in, and what they may do. Undefined until that is known. */
export function useMe() {
  const { data } = useQuery({
    queryKey: ['system'],
    queryFn: () => api.system.info.query(),
    staleTime: Infinity,
  })
  return data?.user
}
