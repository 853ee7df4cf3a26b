import type { ApprovalToAnswer } from '@holdpoint/protocol'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'

import { api } from '../app/trpc'
import { untilRead } from '../app/untilRead'
import { approvalOf } from '../app/wire'

/** Whether its people can still answer it is looked at again after so long (ms). */
const lookAgainMs = 5000

/** Someone who is disabled has no yes any more: nothing happens in the run then that the stream could tell. */
const mayLosePeople = ({ decision, closedAt, quorum }: ApprovalToAnswer): boolean =>
  decision === null && closedAt === null && quorum !== null

/** One request and what this person may do with it, read anew as its run goes on. */
export const approvalQuery = (id: string, seq: number) =>
  queryOptions({
    ...untilRead,
    queryKey: ['approvals', 'one', id, seq],
    queryFn: async () => approvalOf(await api.approvals.get.query({ id })),
    placeholderData: keepPreviousData,
    gcTime: 30_000,
    refetchInterval: ({ state: { data } }) =>
      data !== undefined && mayLosePeople(data) ? lookAgainMs : false,
  })
