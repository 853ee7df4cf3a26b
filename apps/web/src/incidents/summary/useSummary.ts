import type { IncidentSummary } from '@holdpoint/protocol'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { api } from '../../app/trpc'
import { untilRead } from '../../app/untilRead'
import type { Span } from '../timeline/span'
import type { IncidentWindow } from '../window'

const anewMs = 10_000

export interface SummaryRead {
  /** Of the window that is shown; its own `to` says until when. */
  readonly summary: IncidentSummary | undefined
  readonly failure: unknown
  readonly again: () => void
}

/** What happened in the window, as of one moment: every figure of it beside the lanes is from the same answer. */
export function useSummary(
  window: IncidentWindow,
  agents: readonly string[] | null,
  searchKey: string,
): SummaryRead {
  const { from, to } = useHeld(window, searchKey)
  const { data, failureReason, refetch } = useQuery({
    ...untilRead,
    queryKey: ['history', 'summary', searchKey, to],
    queryFn: ({ signal }) =>
      api.history.summary.query(
        {
          from: new Date(from).toISOString(),
          to: new Date(to).toISOString(),
          ...(agents !== null && { agents: [...agents] }),
        },
        { signal },
      ),
    // Until it is read anew it stands as it was; that of another window does not.
    placeholderData: (old, query) => (query?.queryKey[2] === searchKey ? old : undefined),
    gcTime: 10_000,
  })
  return { summary: data, failure: failureReason, again: () => void refetch() }
}

/** A window that goes on is summed up anew now and then, not with each tick of a clock, and never ahead of it. */
function useHeld({ span, live }: IncidentWindow, searchKey: string): Span {
  const [held, hold] = useState({ searchKey, span })
  if (!live) return span
  if (held.searchKey === searchKey && Math.abs(span.to - held.span.to) < anewMs) return held.span
  hold({ searchKey, span })
  return span
}
