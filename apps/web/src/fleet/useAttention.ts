import { useMemo } from 'react'

import { useLoops } from '../agents/useLoops'
import { useOpenApprovals } from '../approvals/useOpenApprovals'
import { useFleet } from '../live/useLive'
import { usePastInstant } from '../live/useMoment'
import { useNow } from '../live/useNow'
import { attentionOf, type Attention } from './attention'
import { useSeen } from './seen'
import { useNoted } from './useNoted'

const none: readonly Attention[] = []
const nobody: ReadonlySet<string> = new Set()

interface AttentionRead {
  readonly items: readonly Attention[]
  /** What could not be read and so may be missing here, in a sentence. */
  readonly missing: string | null
  /** Everything was read, or could not be. */
  readonly read: boolean
}

/** What needs a person now; runs are live, approvals and loops are read beside them. */
export function useAttention(): AttentionRead {
  const { runs } = useFleet()
  const approvals = useOpenApprovals()
  const loops = useLoops()
  const noted = useNoted()
  const seenNow = useSeen()
  const then = usePastInstant()
  const now = useNow()
  // Ages matter to the minute here; each second would only sort the same list again.
  const minute = now === null ? null : Math.floor(now / 30_000) * 30_000
  // Of then the history has the runs alone: no list of now stands beside them, and nobody had seen them.
  const rows = then === null ? approvals.data?.rows : undefined
  const declared = then === null ? loops.data : undefined
  const found = then === null ? noted.data : undefined
  const seen = then === null ? seenNow : nobody
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
  if (then !== null) return { items, missing: null, read: true }
  const missing = [
    approvals.failureReason === null ? null : 'what approvals ask for',
    loops.failureReason === null ? null : 'overdue loops',
    noted.failureReason === null ? null : 'drifting runs',
  ].filter((part) => part !== null)
  return {
    items,
    read: [approvals, loops, noted].every(
      ({ data, failureReason }) => data !== undefined || failureReason !== null,
    ),
    missing:
      missing.length === 0 ? null : `Could not be read, and may be missing: ${missing.join(', ')}.`,
  }
}
