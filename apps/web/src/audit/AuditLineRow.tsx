import { dateTime } from '../time/format'
import { visible } from '../ui/visible'
import type { AuditLine } from './line'

/** One grid for the head and every row. */
export const auditColumns =
  'max-md:hidden grid grid-cols-[9rem_minmax(7rem,1fr)_minmax(11rem,1.5fr)_minmax(6rem,1.6fr)_4.5rem] gap-x-3 px-3'

interface AuditLineRowProps {
  readonly row: AuditLine
  readonly index: number
  readonly top: number
  readonly selected: boolean
  readonly phone: boolean
}

const cut = 'min-w-0 truncate'

/** Who did what to which row, and when the database saw it. */
export function AuditLineRow({ row, index, top, selected, phone }: AuditLineRowProps) {
  const target = [row.targetTable, row.targetRowId].filter((part) => part !== null).join(' ')
  const shared = {
    id: `audit-${row.id}`,
    role: 'row',
    'data-row': row.id,
    'aria-rowindex': index + 2,
    'aria-selected': selected,
    style: { transform: `translateY(${top}px)` },
  } as const
  const look = `border-line absolute inset-x-0 border-b ${selected ? 'bg-selected' : 'hover:bg-raised'}`
  const late = row.late && <span className="text-holding ml-2 text-small">late</span>
  if (phone) {
    return (
      <div {...shared} className={`${look} flex h-15 flex-col justify-center px-3`}>
        <span role="gridcell" className="flex gap-2">
          <span className={`${cut} grow font-mono text-small`}>
            {visible(row.action)}
            {late}
          </span>
          <time dateTime={row.seenAt} className="text-muted shrink-0 font-mono text-small">
            {dateTime(Date.parse(row.seenAt))}
          </time>
        </span>
        <span role="gridcell" className={`${cut} label`}>
          {visible(row.actor)}
          {target !== '' && ` · ${visible(target)}`}
        </span>
      </div>
    )
  }
  return (
    <div {...shared} className={`${look} ${auditColumns} h-8 items-center`}>
      <span role="gridcell" className="text-muted font-mono text-small">
        <time dateTime={row.seenAt}>{dateTime(Date.parse(row.seenAt))}</time>
      </span>
      <span role="gridcell" className={cut}>
        {visible(row.actor)}
      </span>
      <span role="gridcell" className={`${cut} font-mono text-small`}>
        {visible(row.action)}
        {late}
      </span>
      <span role="gridcell" className={`${cut} font-mono text-small`}>
        {target === '' ? '–' : visible(target)}
      </span>
      <span role="gridcell" className={`${cut} text-muted font-mono text-small`}>
        {row.runId === null ? '–' : row.runId.slice(0, 8)}
      </span>
    </div>
  )
}
