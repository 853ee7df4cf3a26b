import type { ApprovalToAnswer } from '@holdpoint/protocol'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'

import { api } from '../app/trpc'
import { untilRead } from '../app/untilRead'
import { approvalOf } from '../app/wire'

/** Whether its people can still answer it is looked at again after so long (ms). */
const lookAgainMs = 5000

/** That somebody's yes is none any more, or that there are enough people again, is no event of the run. */
const waitsForPeople = ({ decision, closedAt, quorum, lacksPeople }: ApprovalToAnswer): boolean =>
  decision === null && closedAt === null && (quorum !== null || lacksPeople)

/** One request and what this person may do with it, read anew as its run goes on. */
export const approvalQuery = (id: string, seq: number) =>
  queryOptions({
    ...untilRead,
    queryKey: ['approvals', 'one', id, seq],
    queryFn: async () => approvalOf(await api.approvals.get.query({ id })),
    placeholderData: keepPreviousData,
    gcTime: 30_000,
    refetchInterval: ({ state: { data } }) =>
      data !== undefined && waitsForPeople(data) ? lookAgainMs : false,
  })
