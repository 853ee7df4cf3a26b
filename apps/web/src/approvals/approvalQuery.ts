import type { ApprovalToAnswer } from '@holdpoint/protocol'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'

import { api } from '../app/trpc'
import { untilRead } from '../app/untilRead'
import { approvalOf } from '../app/wire'

/** Its votes are looked at again after so long (ms). */
const lookAgainMs = 5000

/** A yes counts no more once its person is disabled: nothing happens in the run then that the stream could tell. */
const mayLoseVotes = ({ decision, closedAt, votes }: ApprovalToAnswer): boolean =>
  decision === null &&
  closedAt === null &&
  votes.some(({ counts, voidSince }) => counts && voidSince === null)

/** One request and what this person may do with it, read anew as its run goes on. */
export const approvalQuery = (id: string, seq: number) =>
  queryOptions({
    ...untilRead,
    queryKey: ['approvals', 'one', id, seq],
    queryFn: async () => approvalOf(await api.approvals.get.query({ id })),
    placeholderData: keepPreviousData,
    gcTime: 30_000,
    refetchInterval: ({ state: { data } }) =>
      data !== undefined && mayLoseVotes(data) ? lookAgainMs : false,
  })
