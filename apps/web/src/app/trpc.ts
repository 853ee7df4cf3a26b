import { QueryClient } from '@tanstack/react-query'
import { createTRPCClient, httpBatchLink } from '@trpc/client'
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query'

import type { AppRouter } from '../../dev/fakeRouter'
import { isGone, told } from '../errors/told'

export const api = createTRPCClient<AppRouter>({
  links: [httpBatchLink({ url: '/trpc', headers: { 'x-holdpoint': '1' } })],
})

const hopeless = (error: unknown): boolean => {
  const { code } = told(error, 'read')
  return (
    isGone(code) || code === 'UNAUTHENTICATED' || code === 'FORBIDDEN' || code === 'BAD_REQUEST'
  )
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5000,
      retry: (times, error) => times < 2 && !hopeless(error),
    },
    mutations: { retry: false },
  },
})

export const trpc = createTRPCOptionsProxy<AppRouter>({ client: api, queryClient })
