import { keepPreviousData, useQuery } from '@tanstack/react-query'

import { api } from '../app/trpc'
import { untilRead } from '../app/untilRead'
import { approvalsOf } from '../app/wire'
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

/** Open approvals with what each asks for, read anew whenever the stream says that something changed. */
export function useOpenApprovals() {
  const mark = useApprovalsMark()
  return useQuery({
    ...untilRead,
    queryKey: ['approvals', 'open', mark],
    queryFn: async () =>
      approvalsOf(await api.approvals.list.query({ status: 'open', limit: 100 })),
    placeholderData: keepPreviousData,
    // The same mark can come again with other requests behind it: none before the first, and none after the last.
    staleTime: 0,
    gcTime: 10_000,
  })
}
