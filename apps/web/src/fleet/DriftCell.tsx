import type { Run } from '@holdpoint/protocol'
import { useEffect, useSyncExternalStore } from 'react'

import { api } from '../app/trpc'
import { usePastInstant } from '../live/useMoment'
import { Sparks } from './sparks'

const present = new Sparks(async (ids) => api.detections.recent.query({ ids: [...ids] }))

let past: { readonly at: string; readonly sparks: Sparks } | undefined

/** The scores of now, or those of the instant that is looked at; of instants the last one is kept. */
function sparksOf(at: string | null): Sparks {
  if (at === null) return present
  if (past?.at !== at) {
    const read = async (ids: readonly string[]) =>
      api.detections.recent.query({ ids: [...ids], at })
    past = { at, sparks: new Sparks(read) }
  }
  return past.sparks
}

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

/**
 * The last scores of a run and the number that stands, now or at the instant that is looked at. Both are what its
 * history says, so a run whose score never moved has neither.
 */
export function DriftCell({ run }: { readonly run: Run }) {
  const { id, seq, drift } = run
  const sparks = sparksOf(usePastInstant())
  const scores = useSyncExternalStore(sparks.subscribe, () => sparks.scores(id))
  const scored = drift !== null
  useEffect(() => {
    if (scored) sparks.want(id, seq)
  }, [sparks, id, seq, scored])
  if (!scored) return <span className="text-muted">–</span>
  return (
    <span className="flex items-center justify-end gap-1.5">
      {scores.length > 1 && (
        <svg
          aria-hidden
          viewBox={`0 0 ${width} ${height}`}
          className={`h-3.5 w-11 shrink-0 ${drift >= notable ? 'text-holding' : 'text-muted'}`}
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
      <span className={drift >= notable ? 'text-holding font-medium' : 'text-muted'}>
        {drift.toFixed(2)}
      </span>
    </span>
  )
}
