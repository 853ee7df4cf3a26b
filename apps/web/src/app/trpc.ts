import type { AppRouter } from '@holdpoint/server/router'
import { QueryClient } from '@tanstack/react-query'
import { createTRPCClient, httpBatchLink, type TRPCClient } from '@trpc/client'

import { isGone, told } from '../errors/told'

export const api: TRPCClient<AppRouter> = createTRPCClient<AppRouter>({
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
