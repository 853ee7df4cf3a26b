import type { AppRouter } from '@holdpoint/server/router'
import { QueryClient } from '@tanstack/react-query'
import { createTRPCClient, httpBatchLink, splitLink, type TRPCClient } from '@trpc/client'

import { isGone, told } from '../errors/told'

const server = { url: '/trpc', headers: { 'x-holdpoint': '1' } }

export const api: TRPCClient<AppRouter> = createTRPCClient<AppRouter>({
  links: [
    splitLink({
      condition: ({ path }) => path === 'runs.plan',
      // It names more runs than a URL can carry.
      true: httpBatchLink({ ...server, methodOverride: 'POST' }),
      false: httpBatchLink(server),
    }),
  ],
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
