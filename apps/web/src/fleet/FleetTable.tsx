import { useEffect, type MouseEvent, type PointerEvent } from 'react'

import { ErrorLine } from '../errors/ErrorNote'
import { Button } from '../ui/Button'
import { usePhone } from '../ui/useMediaQuery'
import { columns, columnTitles } from './columns'
import { FleetRow } from './FleetRow'
import type { FleetRows } from './useFleetRows'
import type { OlderRuns } from './useOlderRuns'
import { useRowWindow } from './useRowWindow'

interface FleetTableProps {
  readonly fleet: FleetRows
  readonly selected: string | null
  readonly select: (id: string) => void
  readonly pointer: {
    readonly onPointerMove: (event: PointerEvent) => void
    readonly onPointerLeave: () => void
  }
}

const rowHeight = { desk: 32, phone: 60 } as const
const headHeight = 28

/** Thousands of live rows, of which only those on screen exist. */
export function FleetTable({ fleet, selected, select, pointer }: FleetTableProps) {
  const { rows, older, children } = fleet
  const phone = usePhone()
  const height = phone ? rowHeight.phone : rowHeight.desk
  const { scroller, first, last, reveal } = useRowWindow(rows.length, height)
  const index = rows.findIndex((run) => run.id === selected)
  useEffect(() => {
    if (index >= 0) reveal(index, headHeight)
    // Follows the selection, not every new order of the rows.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [selected])

  const pick = (event: MouseEvent) => {
    const row = (event.target as HTMLElement).closest<HTMLElement>('[data-run]')
    const id = row?.dataset['run']
    if (id !== undefined && !phone) select(id)
  }
  return (
    <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto">
      {/* The keys j, k and Enter of the page do what a click does. */}
      {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events */}
      <div
        role="grid"
        aria-label="Runs"
        aria-rowcount={rows.length + 1}
        aria-activedescendant={selected === null ? undefined : `run-${selected}`}
        tabIndex={0}
        onClick={pick}
        {...pointer}
        className="outline-none focus-visible:[&_[aria-selected=true]]:outline-2"
      >
        <Head />
        <div role="rowgroup" style={{ height: rows.length * height }} className="relative">
          {rows.slice(first, last).map((run, offset) => (
            <FleetRow
              key={run.id}
              run={run}
              index={first + offset}
              top={(first + offset) * height}
              selected={run.id === selected}
              activeChildren={children.get(run.id) ?? 0}
            />
          ))}
        </div>
      </div>
      {fleet.truncated && (
        <p className="label px-3 pt-2">
          More runs are live than this page holds; the counts at the left are complete.
        </p>
      )}
      <OlderButton older={older} />
    </div>
  )
}

const Head = () => (
  <div role="rowgroup" className="bg-bg border-line sticky top-0 z-10 border-b max-md:sr-only">
    <div role="row" aria-rowindex={1} className={`${columns} h-7 items-center`}>
      {columnTitles.map(({ title, look }) => (
        <span key={title} role="columnheader" className={`label truncate ${look}`}>
          {title}
        </span>
      ))}
    </div>
  </div>
)

function OlderButton({ older }: { readonly older: OlderRuns }) {
  if (!older.possible) return null
  return (
    <div className="flex min-h-12 items-center gap-3 px-3">
      {older.more ? (
        <Button look="quiet" onClick={older.load} disabled={older.loading}>
          {older.loading ? 'Loading…' : 'Load older ended runs'}
        </Button>
      ) : (
        <span className="label">That is every run.</span>
      )}
      {older.failed !== null && <ErrorLine told={older.failed} />}
    </div>
  )
}
