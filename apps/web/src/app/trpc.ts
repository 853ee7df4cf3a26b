import { mostInBatch } from '@holdpoint/protocol'
import type { AppRouter } from '@holdpoint/server/router'
import { QueryClient } from '@tanstack/react-query'
import { createTRPCClient, httpBatchLink, splitLink, type TRPCClient } from '@trpc/client'

import { isGone, told } from '../errors/told'
import { live } from '../live/session'

/** A refusal may be the first that is heard of the session's end. */
const ask = async (to: string | URL | Request, options?: object): Promise<Response> => {
  const answer = await fetch(to, options)
  if (answer.status === 401) live.check()
  return answer
}

const server = {
  url: '/trpc',
  headers: { 'x-holdpoint': '1' },
  fetch: ask,
  maxItems: mostInBatch,
}

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

/** No use in asking again: it is not there, or not for this person. */
export const isHopeless = (error: unknown): boolean => {
  const { code } = told(error, 'read')
  return (
    isGone(code) || code === 'UNAUTHENTICATED' || code === 'FORBIDDEN' || code === 'BAD_REQUEST'
  )
}

const askAgainMs = 4000

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5000,
      // A hiccup is not told; anything longer is, at once.
      retry: (times, error) => times < 1 && !isHopeless(error),
      retryDelay: 300,
      // What failed is asked for again as long as someone looks at it.
      refetchInterval: ({ state }) =>
        state.status === 'error' && !isHopeless(state.error) ? askAgainMs : false,
      // The machine's own idea of being offline is no answer: what is asked fails, and that is told.
      networkMode: 'always',
    },
    mutations: { retry: false },
  },
})
