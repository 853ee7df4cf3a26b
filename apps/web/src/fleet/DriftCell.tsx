import type { Run } from '@holdpoint/protocol'
import { useEffect, useSyncExternalStore } from 'react'

import { api } from '../app/trpc'
import { usePastInstant } from '../live/useMoment'
import { Sparks } from './sparks'

const sparks = new Sparks(async (ids) => api.detections.recent.query({ ids: [...ids] }))

const none: readonly number[] = []

const width = 44
const height = 14

/** From 0 to 1 on the whole height, so that rows can be compared; the newest at the right. */
function pathOf(scores: readonly number[]): string {
  const step = width / Math.max(1, scores.length - 1)
  return scores
    .map((score, nth) => {
      const y = height - 1 - score * (height - 2)
      return `${nth === 0 ? 'M' : 'L'}${(nth * step).toFixed(1)} ${y.toFixed(1)}`
    })
    .join('')
}

/** From here on the number is not grey any more: half of all that can be held against a run. */
const notable = 0.5

/** The last scores of a run and the number that stands now. */
export function DriftCell({ run }: { readonly run: Run }) {
  const { id, seq, drift } = run
  const then = usePastInstant()
  const latest = useSyncExternalStore(sparks.subscribe, () => sparks.scores(id))
  useEffect(() => {
    if (then === null) sparks.want(id, seq)
  }, [then, id, seq])
  // Those are the last of now; of then the history has the score alone.
  const scores = then === null ? latest : none
  if (drift === null && scores.length === 0) return <span className="text-muted">–</span>
  const now = drift ?? 0
  return (
    <span className="flex items-center justify-end gap-1.5">
      {scores.length > 1 && (
        <svg
          aria-hidden
          viewBox={`0 0 ${width} ${height}`}
          className={`h-3.5 w-11 shrink-0 ${now >= notable ? 'text-holding' : 'text-muted'}`}
        >
          <path
            d={pathOf(scores)}
            fill="none"
            stroke="currentColor"
            strokeWidth="1.25"
            strokeLinejoin="round"
          />
        </svg>
      )}
      <span className={now >= notable ? 'text-holding font-medium' : 'text-muted'}>
        {now.toFixed(2)}
      </span>
    </span>
  )
}
