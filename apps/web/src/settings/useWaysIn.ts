import type { IdentityRow, SignInSettings } from '@holdpoint/protocol'
import { useQuery } from '@tanstack/react-query'

import { api } from '../app/trpc'
import { untilRead } from '../app/untilRead'

const ways = {
  ...untilRead,
  queryKey: ['settings', 'ways in'],
  queryFn: async (): Promise<SignInSettings> => api.operators.waysIn.query(),
  refetchInterval: 5000,
} as const

export const useWaysIn = () => useQuery(ways)

/** The part of it that is a table. */
export const useIdentities = () =>
  useQuery<SignInSettings, Error, IdentityRow[]>({
    ...ways,
    select: ({ identities }) => identities,
  })
