import { keepPreviousData, useQuery } from '@tanstack/react-query'

import { api } from '../app/trpc'
import { untilRead } from '../app/untilRead'
import { useFleet } from '../live/useLive'

/** What changes when an approval opens or closes: the fleet stream says so, and the list is read again. */
function useApprovalsMark(): string {
  const { approvalsWaiting, known, runs } = useFleet()
  let mark = 0
  for (const run of runs.values()) {
    if (run.heldBy.includes('approval')) mark = (mark * 31 + run.seq) % 1_000_003
  }
  return `${known}.${approvalsWaiting}.${mark}`
}

/** How much of the list is read at first, and with each step further down; and at most. */
export const inboxWindow = 200
export const inboxMost = 1000
/** After so long (ms), while something waits for people who are not there. */
const lookAgainMs = 5000

/** What waits for an answer, the most urgent first, read anew whenever the stream says that something changed. */
export function useOpenApprovals(limit: number = inboxWindow) {
  const mark = useApprovalsMark()
  return useQuery({
    ...untilRead,
    queryKey: ['approvals', 'open', mark, limit],
    queryFn: () => api.approvals.inbox.query({ limit }),
    placeholderData: keepPreviousData,
    // The same mark can come again with other requests behind it: none before the first, and none after the last.
    staleTime: 0,
    gcTime: 10_000,
    // That there are enough people again is no event of a run.
    refetchInterval: ({ state: { data } }) => (data?.lacking ? lookAgainMs : false),
  })
}
