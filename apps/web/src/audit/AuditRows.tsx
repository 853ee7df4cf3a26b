import { useEffect, useEffectEvent, type ReactNode } from 'react'

import { ErrorScreen } from '../errors/ErrorNote'
import { Notice } from '../ui/Notice'
import { Skeleton } from '../ui/Skeleton'
import { useHotkeys } from '../ui/useHotkeys'
import { AuditGrid } from './AuditGrid'
import { RowDetail } from './RowDetail'
import type { AuditSearch } from './search'
import { useAuditRows, useNewRows, type AuditQuestion } from './useAuditRows'

interface AuditRowsProps {
  readonly question: AuditQuestion
  readonly sel: string | null
  readonly select: (id: string | null) => void
  readonly readAgain: () => void
  /** What stands where nothing matches. */
  readonly empty?: ReactNode
  /** Narrows the list to what a row says, where the page can do that. */
  readonly narrow?: (by: AuditSearch) => void
  /** How many are there, and whether there are more; null while that is not known. */
  readonly told?: (loaded: { readonly rows: number; readonly more: boolean } | null) => void
}

/** The log, and beside it the row that is open. */
export function AuditRows({
  question,
  sel,
  select,
  readAgain,
  empty,
  narrow,
  told,
}: AuditRowsProps) {
  const log = useAuditRows(question)
  const fresh = useNewRows(question, log.rows)
  const rows = log.rows ?? []
  const loaded = log.rows?.length
  const tell = useEffectEvent((length: number | undefined, more: boolean) =>
    told?.(length === undefined ? null : { rows: length, more }),
  )
  useEffect(() => tell(loaded, log.more), [loaded, log.more])

  const at = rows.findIndex(({ id }) => id === sel)
  const step = (by: 1 | -1) => {
    const next = at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))
    const row = rows[next]
    if (row !== undefined) select(row.id)
  }
  useHotkeys({
    repeat: ['j', 'k', 'arrowdown', 'arrowup'],
    down: {
      j: () => step(1),
      arrowdown: () => step(1),
      k: () => step(-1),
      arrowup: () => step(-1),
      enter: sel === null ? () => step(1) : () => document.getElementById('audit-detail')?.focus(),
      escape: sel === null ? undefined : () => select(null),
    },
  })

  const body = () => {
    if (log.rows === undefined && log.failed !== null)
      return <ErrorScreen told={log.failed} retry={log.again} />
    if (log.rows === undefined) return <Skeleton rows={10} label="Loading the audit log" />
    if (rows.length === 0) return empty ?? <Notice title="No audit row here yet" />
    return (
      <AuditGrid
        key={JSON.stringify(question)}
        log={log}
        rows={rows}
        question={question}
        sel={sel}
        select={select}
      />
    )
  }
  return (
    <div className="relative flex min-h-0 flex-1">
      <div
        className={`flex min-h-0 min-w-0 flex-1 flex-col ${sel === null ? '' : 'max-md:hidden'}`}
      >
        {body()}
      </div>
      {fresh > 0 && (
        <button
          type="button"
          onClick={readAgain}
          className={`enter border-accent bg-raised shadow-raised absolute bottom-4 left-1/2 z-10 h-7 -translate-x-1/2 rounded-full border px-3 text-small font-medium max-md:h-10 ${sel === null ? '' : 'max-md:hidden'}`}
        >
          {fresh >= 100 ? '100 or more' : fresh} new {fresh === 1 ? 'row' : 'rows'}
        </button>
      )}
      {sel !== null && (
        <RowDetail
          key={sel}
          id={sel}
          line={rows[at]}
          close={() => select(null)}
          step={rows.length === 0 ? undefined : step}
          narrow={narrow}
        />
      )}
    </div>
  )
}
