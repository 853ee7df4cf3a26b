import type { ActionState } from '@holdpoint/protocol'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'

import { api } from '../app/trpc'
import { untilRead } from '../app/untilRead'
import { told, type Told } from '../errors/told'
import type { AuditDetail, AuditLine } from './line'
import type { AuditFilter } from './search'

export type AuditOrder = 'newest' | 'oldest'

export interface AuditQuestion {
  readonly filter: AuditFilter
  readonly order: AuditOrder
  /** Moves when the log is to be read from its beginning again. */
  readonly mark: number
}

interface AuditPage {
  readonly rows: readonly AuditLine[]
  readonly nextCursor: string | null
}

export interface AuditLog {
  /** Undefined until the first page was read. */
  readonly rows: readonly AuditLine[] | undefined
  readonly failed: Told | null
  readonly more: boolean
  readonly loading: boolean
  readonly load: () => void
  readonly again: () => void
}

const pageSize = 100

// tRPC types a field that may hold any JSON as optional; on the wire it is always there, null at least.
const read = async (input: AuditFilter & { order: AuditOrder; limit: number; cursor?: string }) =>
  (await api.audit.list.query(input)) as AuditPage

const sameQuestion = (a: AuditQuestion, b: AuditQuestion): boolean =>
  JSON.stringify([a.filter, a.order]) === JSON.stringify([b.filter, b.order])

/** The log in pages: it is a record, not a stream. */
export function useAuditRows(question: AuditQuestion): AuditLog {
  const { filter, order } = question
  const query = useInfiniteQuery({
    ...untilRead,
    queryKey: ['audit', question] as const,
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam }) =>
      read({ ...filter, order, limit: pageSize, ...(pageParam !== null && { cursor: pageParam }) }),
    getNextPageParam: (page) => page.nextCursor,
    // What another filter found is not shown under this one.
    placeholderData: (old, before) => {
      const asked = before?.queryKey[1]
      return asked !== undefined && sameQuestion(asked, question) ? old : undefined
    },
    // Page after page is kept; reading them all again would be a storm.
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    gcTime: 30_000,
  })
  const pages = query.data?.pages
  const rows = useMemo(() => pages?.flatMap((page) => page.rows), [pages])
  return {
    rows,
    failed: query.failureReason === null ? null : told(query.failureReason, 'read'),
    more: query.hasNextPage,
    loading: query.isFetching,
    load: () => {
      if (query.hasNextPage && !query.isFetching) void query.fetchNextPage()
    },
    again: () => void query.refetch(),
  }
}

const pollMs = 5000
/** A transaction may commit after one that began later: so far back is looked for new rows, in ms. */
const backMs = 10_000
const mostNew = 100

/** How many rows came since the list was read. They are announced, never pushed under a pointer. */
export function useNewRows({ filter, order }: AuditQuestion, rows: AuditLog['rows']): number {
  const newest = rows?.[0]
  const watched = order === 'newest' && rows !== undefined && filter.to === undefined
  const since =
    newest === undefined ? filter.from : new Date(Date.parse(newest.seenAt) - backMs).toISOString()
  const query = useQuery({
    queryKey: ['audit-new', filter, newest?.id ?? null],
    queryFn: async () =>
      read({ ...filter, order, limit: mostNew, ...(since !== undefined && { from: since }) }),
    enabled: watched,
    refetchInterval: pollMs,
    gcTime: 0,
  })
  return useMemo(() => {
    if (!watched || query.data === undefined) return 0
    const known = new Set(rows.slice(0, 500).map(({ id }) => id))
    return query.data.rows.filter(({ id }) => !known.has(id)).length
  }, [watched, query.data, rows])
}

const isOpen = (state: ActionState | undefined): boolean =>
  state === 'intended' || state === 'accepted' || state === 'unknown'

/** One row in full. A row never changes, so it is read once; what became of its action is looked at again. */
export function useAuditDetail(id: string) {
  return useQuery({
    ...untilRead,
    queryKey: ['audit-row', id],
    queryFn: async () => (await api.audit.get.query({ id })) as AuditDetail,
    staleTime: ({ state }) => (state.data?.outcome === null ? Infinity : 0),
    refetchInterval: ({ state }) => (isOpen(state.data?.outcome?.state) ? pollMs : false),
    placeholderData: keepPreviousData,
  })
}
