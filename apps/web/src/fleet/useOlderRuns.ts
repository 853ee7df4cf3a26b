import { finalStatuses, type Run, type RunState } from '@holdpoint/protocol'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'

import { api } from '../app/trpc'
import { told, type Told } from '../errors/told'
import type { FleetSearch } from './search'

const pageSize = 200
const ended = (states: readonly RunState[]): RunState[] =>
  states.filter((state) => (finalStatuses as readonly string[]).includes(state))

export interface OlderRuns {
  readonly runs: readonly Run[]
  /** Could this filter match ended runs that the stream no longer holds? */
  readonly possible: boolean
  readonly more: boolean
  readonly loading: boolean
  readonly failed: Told | null
  readonly load: () => void
}

/** Of the past there are none to ask for. */
export const noOlder: OlderRuns = {
  runs: [],
  possible: false,
  more: false,
  loading: false,
  failed: null,
  load: () => {},
}

/**
 * Runs that ended before those the stream holds; fetched only when a person asks. `view` is the part of
 * the search that decides which: another column is not another question.
 */
export function useOlderRuns(search: FleetSearch, view: string): OlderRuns {
  const [asked, setAsked] = useState(false)
  const states = ended(search.state ?? finalStatuses)
  const query = useInfiniteQuery({
    queryKey: ['runs', 'older', view],
    enabled: asked && states.length > 0,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      api.runs.list.query({
        states,
        ...(search.agent !== undefined && { agents: [...search.agent] }),
        ...(search.reason !== undefined && { stopReasons: [...search.reason] }),
        ...(search.q !== undefined && { text: search.q }),
        ...(pageParam !== null && { cursor: pageParam }),
        sort: 'recent',
        limit: pageSize,
      }),
    getNextPageParam: (page) => page.nextCursor,
  })
  const runs = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data])
  return {
    runs,
    possible: states.length > 0,
    // What is not read yet, or could not be, is not known to be all.
    more: query.data === undefined || query.hasNextPage,
    loading: query.isFetching,
    failed: query.error === null ? null : told(query.error, 'read'),
    load: () => {
      if (!asked) setAsked(true)
      else if (query.isError) void query.refetch()
      else void query.fetchNextPage()
    },
  }
}
