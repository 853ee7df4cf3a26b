import { useEffect, type MouseEvent } from 'react'

import { ErrorLine } from '../errors/ErrorNote'
import { useRowWindow } from '../fleet/useRowWindow'
import { Button } from '../ui/Button'
import { usePhone } from '../ui/useMediaQuery'
import { auditColumns, AuditLineRow, fromChanges, fromRun } from './AuditLineRow'
import type { AuditLine } from './line'
import type { AuditLog, AuditQuestion } from './useAuditRows'

interface AuditGridProps {
  readonly log: AuditLog
  readonly rows: readonly AuditLine[]
  readonly question: AuditQuestion
  readonly sel: string | null
  readonly select: (id: string | null) => void
}

const rowHeight = { desk: 32, phone: 60 } as const
const headHeight = 28
/** So many rows before the end of what is loaded, more is read. */
const ahead = 40

/** The rows that are loaded, of which only those on screen exist. */
export function AuditGrid({ log, rows, question, sel, select }: AuditGridProps) {
  const phone = usePhone()
  const columns = question.filter.runId === undefined ? 'all' : 'ofRun'
  const height = phone ? rowHeight.phone : rowHeight.desk
  const { scroller, first, last, reveal } = useRowWindow(rows.length, height)
  const at = rows.findIndex(({ id }) => id === sel)
  useEffect(() => {
    if (at >= 0) reveal(at, headHeight)
    // Follows what is open, not every page that is added.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [sel])
  const { load } = log
  const near = last > rows.length - ahead && log.failed === null
  useEffect(() => {
    if (near) load()
    // Asked once for each length, not for each scroll.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [near, rows.length])

  const press = (event: MouseEvent) => {
    const row = (event.target as HTMLElement).closest<HTMLElement>('[data-row]')
    const id = row?.dataset['row']
    if (id !== undefined) select(id === sel ? null : id)
  }
  return (
    <div ref={scroller} className="min-h-0 flex-1 overflow-auto">
      {/* The keys j, k and Enter of the page do what a click does. */}
      {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events */}
      <div
        role="grid"
        aria-label="Audit log"
        aria-rowcount={rows.length + 1}
        aria-activedescendant={at < 0 ? undefined : `audit-${sel}`}
        tabIndex={0}
        onClick={press}
        className="@container outline-none focus-visible:[&_[aria-selected=true]]:outline-2"
      >
        <Head columns={columns} />
        <div role="rowgroup" style={{ height: rows.length * height }} className="relative">
          {rows.slice(first, last).map((row, offset) => (
            <AuditLineRow
              key={row.id}
              row={row}
              index={first + offset}
              top={(first + offset) * height}
              selected={row.id === sel}
              phone={phone}
              columns={columns}
            />
          ))}
        </div>
      </div>
      <Foot log={log} question={question} />
    </div>
  )
}

const Head = ({ columns }: { readonly columns: keyof typeof auditColumns }) => (
  <div
    role="row"
    className={`label bg-bg border-line sticky top-0 z-10 h-7 items-center border-b ${auditColumns[columns]}`}
  >
    <span role="columnheader">Seen at</span>
    <span role="columnheader">Who</span>
    <span role="columnheader">Did what</span>
    <span role="columnheader" className={fromChanges}>
      What changed, and why
    </span>
    {columns === 'all' && (
      <span role="columnheader" className={fromRun}>
        Run and agent
      </span>
    )}
  </div>
)

function Foot({ log, question }: Pick<AuditGridProps, 'log' | 'question'>) {
  const whole = Object.keys(question.filter).length === 0
  return (
    <div className="sticky left-0 flex min-h-12 items-center gap-3 px-3">
      {log.more ? (
        <Button look="quiet" disabled={log.loading} onClick={log.load}>
          {log.loading
            ? 'Loading…'
            : `Load ${question.order === 'newest' ? 'older' : 'newer'} rows`}
        </Button>
      ) : (
        <span className="label">That is the whole log{whole ? '' : ' of this filter'}.</span>
      )}
      {log.failed !== null && <ErrorLine told={log.failed} />}
    </div>
  )
}
