import { keepPreviousData, queryOptions } from '@tanstack/react-query'

import { api } from '../app/trpc'
import { untilRead } from '../app/untilRead'
import { approvalOf } from '../app/wire'

/** One request and what this person may do with it, read anew as its run goes on. */
export const approvalQuery = (id: string, seq: number) =>
  queryOptions({
    ...untilRead,
    queryKey: ['approvals', 'one', id, seq],
    queryFn: async () => approvalOf(await api.approvals.get.query({ id })),
    placeholderData: keepPreviousData,
    gcTime: 30_000,
  })
