import type { AuditRow } from '@holdpoint/protocol'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'

import { api } from '../app/trpc'
import { untilRead } from '../app/untilRead'
import { auditOf } from '../app/wire'
import { ErrorLine, ErrorScreen } from '../errors/ErrorNote'
import { told } from '../errors/told'
import { dateTime } from '../time/format'
import { Button } from '../ui/Button'
import { JsonView } from '../ui/JsonView'
import { Notice } from '../ui/Notice'
import { Skeleton } from '../ui/Skeleton'

interface AuditFilter {
  readonly runId?: string
  readonly agentId?: string
}

interface AuditTableProps {
  readonly filter: AuditFilter
  /** Moves when there may be something new, so that the newest page is read again. */
  readonly mark: number
}

const pageSize = 100

/** The log that operators and agents share, newest first. Read in pages: it is a record, not a stream. */
export function AuditTable({ filter, mark }: AuditTableProps) {
  const query = useInfiniteQuery({
    ...untilRead,
    queryKey: ['audit', filter, mark],
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam }) =>
      auditOf(
        await api.audit.list.query({
          ...filter,
          limit: pageSize,
          ...(pageParam !== null && { cursor: pageParam }),
        }),
      ),
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    gcTime: 30_000,
  })
  if (query.data === undefined) {
    return query.failureReason === null ? (
      <Skeleton rows={10} label="Loading the audit log" />
    ) : (
      <ErrorScreen told={told(query.failureReason, 'read')} retry={() => void query.refetch()} />
    )
  }
  const rows = query.data.pages.flatMap((page) => page.rows)
  if (rows.length === 0) return <Notice title="No audit row here yet" />
  return (
    <div className="relative min-h-0 flex-1 overflow-auto">
      <table className="w-full border-collapse md:min-w-200">
        <thead>
          <tr className="label border-line bg-bg sticky top-0 z-10 text-left shadow-[0_1px_0_var(--color-line)]">
            {titles.map(({ title, only }) => (
              <th key={title} scope="col" className={`h-7 px-3 font-normal ${only}`}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.id} row={row} />
          ))}
        </tbody>
      </table>
      <div className="flex min-h-12 items-center px-3">
        {query.hasNextPage ? (
          <Button
            look="quiet"
            disabled={query.isFetching}
            onClick={() => void query.fetchNextPage()}
          >
            {query.isFetchingNextPage ? 'Loading…' : 'Load older rows'}
          </Button>
        ) : (
          <span className="label">That is the whole log.</span>
        )}
        {query.failureReason !== null && <ErrorLine told={told(query.failureReason, 'read')} />}
      </div>
    </div>
  )
}

const cell = 'h-8 max-w-64 truncate px-3 max-md:h-13'
/** A phone shows who did what when; the rest opens with the row. */
const deskOnly = 'max-md:hidden'
const titles = [
  { title: 'Seen at', only: '' },
  { title: 'Actor', only: deskOnly },
  { title: 'Action', only: '' },
  { title: 'Row', only: deskOnly },
  { title: 'Login', only: deskOnly },
  { title: 'Run', only: deskOnly },
]

function Row({ row }: { readonly row: AuditRow }) {
  const [open, setOpen] = useState(false)
  const target = [row.targetTable, row.targetRowId].filter((part) => part !== null).join(' ')
  return (
    <>
      <tr className={`border-line border-b ${open ? 'bg-selected' : 'hover:bg-raised'}`}>
        <td className={`${cell} text-muted w-px font-mono text-small`}>
          {dateTime(Date.parse(row.seenAt))}
        </td>
        <td className={`${cell} ${deskOnly}`}>{row.actor}</td>
        <td className={`${cell} max-md:max-w-0`}>
          <button
            type="button"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
            className="max-w-full truncate font-mono text-small hover:underline"
          >
            {row.action}
          </button>
          {row.late && <span className="text-holding ml-2 text-small">late</span>}
          <span className="label block truncate md:hidden">
            {row.actor}
            {target !== '' && ` · ${target}`}
          </span>
        </td>
        <td className={`${cell} ${deskOnly} font-mono text-small`}>
          {target === '' ? '–' : target}
        </td>
        <td className={`${cell} ${deskOnly} text-muted`}>{row.login}</td>
        <td className={`${cell} ${deskOnly}`}>
          {row.runId === null ? (
            '–'
          ) : (
            <Link
              to="/runs/$runId"
              params={{ runId: row.runId }}
              className="font-mono text-small hover:underline"
            >
              {row.runId.slice(0, 8)}
            </Link>
          )}
        </td>
      </tr>
      {open && (
        <tr className="border-line bg-surface border-b">
          <td colSpan={6} className="p-3">
            <BeforeAfter row={row} />
          </td>
        </tr>
      )}
    </>
  )
}

function BeforeAfter({ row }: { readonly row: AuditRow }) {
  return (
    <div className="grid max-w-280 gap-3 md:grid-cols-2">
      <JsonView label="Before" value={row.dataBefore} />
      <JsonView label="After" value={row.dataAfter} />
      <p className="text-small text-muted md:col-span-2">
        Claimed by the writer: credentials {row.credentials ?? 'none'}, logged at{' '}
        {row.loggedAt === null ? 'no time' : dateTime(Date.parse(row.loggedAt))}. The database saw
        login {row.login} at {dateTime(Date.parse(row.seenAt))}.
        {row.late && ' Written after the run had ended.'}
      </p>
    </div>
  )
}
