import { useMemo } from 'react'

import { useLoops } from '../agents/useLoops'
import { useOpenApprovals } from '../approvals/useOpenApprovals'
import { useFleet } from '../live/useLive'
import { useNow } from '../live/useNow'
import { attentionOf, type Attention } from './attention'
import { useSeen } from './seen'
import { useNoted } from './useNoted'

const none: readonly Attention[] = []

interface AttentionRead {
  readonly items: readonly Attention[]
  /** What could not be read and so may be missing here, in a sentence. */
  readonly missing: string | null
}

/** What needs a person now; runs are live, approvals and loops are read beside them. */
export function useAttention(): AttentionRead {
  const { runs } = useFleet()
  const approvals = useOpenApprovals()
  const loops = useLoops()
  const noted = useNoted()
  const seen = useSeen()
  const now = useNow()
  // Ages matter to the minute here; each second would only sort the same list again.
  const minute = now === null ? null : Math.floor(now / 30_000) * 30_000
  const rows = approvals.data?.rows
  const declared = loops.data
  const found = noted.data
  const items = useMemo(
    () =>
      minute === null
        ? none
        : attentionOf({
            runs,
            approvals: rows ?? [],
            loops: declared ?? [],
            noted: found ?? [],
            now: minute,
            seen,
          }),
    [runs, rows, declared, found, minute, seen],
  )
  const missing = [
    approvals.failureReason === null ? null : 'what approvals ask for',
    loops.failureReason === null ? null : 'overdue loops',
    noted.failureReason === null ? null : 'drifting runs',
  ].filter((part) => part !== null)
  return {
    items,
    missing:
      missing.length === 0 ? null : `Could not be read, and may be missing: ${missing.join(', ')}.`,
  }
}
