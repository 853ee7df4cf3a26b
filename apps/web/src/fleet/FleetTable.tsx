import { useNavigate } from '@tanstack/react-router'
import { useEffect, useMemo, type CSSProperties, type MouseEvent, type PointerEvent } from 'react'

import { ErrorLine } from '../errors/ErrorNote'
import { usePastInstant } from '../live/useMoment'
import { Button } from '../ui/Button'
import { usePhone } from '../ui/useMediaQuery'
import { at, pressed, type Choice } from './choice'
import { tableLayout } from './columns'
import { FleetHead } from './FleetHead'
import { FleetRow } from './FleetRow'
import type { FleetSearch } from './search'
import { fleetChoice } from './useChoice'
import { useFleetBusy } from './useFleetBusy'
import type { FleetRows } from './useFleetRows'
import type { OlderRuns } from './useOlderRuns'
import { useRowWindow } from './useRowWindow'
import { useTold } from './useTold'

interface FleetTableProps {
  readonly fleet: FleetRows
  readonly search: FleetSearch
  readonly choice: Choice
  readonly fold: (id: string) => void
  readonly pointer: {
    readonly onPointerMove: (event: PointerEvent) => void
    readonly onPointerLeave: () => void
  }
}

const rowHeight = { desk: 32, phone: 60 } as const
const headHeight = 28

/** What a press in the table was on: the row, and which part of it. */
function pressOn(event: MouseEvent) {
  const target = event.target as HTMLElement
  const id = target.closest<HTMLElement>('[data-run]')?.dataset['run']
  const part = target.closest<HTMLElement>('[data-part]')?.dataset['part']
  return { id, part, link: target.closest('a') !== null }
}

/** Thousands of live rows, of which only those on screen exist. */
export function FleetTable({ fleet, search, choice, fold, pointer }: FleetTableProps) {
  const { rows, older } = fleet
  const navigate = useNavigate()
  const phone = usePhone()
  const busy = useFleetBusy()
  const then = usePastInstant()
  const height = phone ? rowHeight.phone : rowHeight.desk
  const { scroller, first, last, reveal } = useRowWindow(rows.length, height)
  const told = useTold(rows)
  const layout = useMemo(() => tableLayout(search.cols, told), [search.cols, told])
  const { current, chosen } = choice
  useEffect(() => {
    const index = current === null ? -1 : rows.findIndex(({ id }) => id === current)
    if (index >= 0) reveal(index, headHeight)
    // Follows the current row, not every new order of the rows.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [current])

  const press = (event: MouseEvent) => {
    const { id, part, link } = pressOn(event)
    if (id === undefined) return
    if (part === 'twisty') return fold(id)
    const add = event.metaKey || event.ctrlKey
    if (link && (add || event.shiftKey)) return
    if (link) {
      event.preventDefault()
      void navigate({ to: '/runs/$runId', params: { runId: id } })
      return
    }
    if (phone) return
    if (then !== null) return fleetChoice.set(at(id))
    const order = rows.map((row) => row.id)
    const onBox = part === 'check'
    fleetChoice.set(pressed(choice, { id, add, range: event.shiftKey, onBox }, order))
  }
  return (
    <div ref={scroller} className="min-h-0 flex-1 overflow-auto max-md:min-h-[45dvh]">
      {/* The keys j, k, Space and Enter of the page do what a click does. */}
      {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events */}
      <div
        role="grid"
        aria-label="Runs"
        aria-rowcount={rows.length + 1}
        aria-multiselectable={then === null}
        aria-activedescendant={current === null ? undefined : `run-${current}`}
        tabIndex={0}
        data-choosing={chosen.size > 0 ? '' : undefined}
        data-still={busy ? '' : undefined}
        style={layout.style as CSSProperties}
        onClick={press}
        onMouseDown={(event) => {
          // A range of rows, not of letters; and a box that took the focus would take Space and Enter from the keys.
          if (event.shiftKey || pressOn(event).part !== undefined) event.preventDefault()
        }}
        {...pointer}
        className="group/table outline-none md:min-w-(--least) focus-visible:[&_[data-current]]:outline-2 data-still:[&_.pulse-mark]:animate-none"
      >
        <FleetHead layout={layout} search={search} fleet={fleet} choice={choice} />
        <div role="rowgroup" style={{ height: rows.length * height }} className="relative">
          {rows.slice(first, last).map((row, offset) => (
            <FleetRow
              key={row.id}
              placed={row}
              index={first + offset}
              top={(first + offset) * height}
              current={row.id === current}
              chosen={chosen.has(row.id)}
              folded={fleet.folded(row)}
              activeChildren={fleet.livingChildren(row.id)}
              layout={phone ? null : layout}
            />
          ))}
        </div>
      </div>
      {fleet.truncated && (
        <p className="label px-3 pt-2">
          {then === null ? 'More runs are live' : 'More runs went on then'} than this page holds;
          the counts at the left are complete.
        </p>
      )}
      {then === null ? <OlderButton older={older} /> : <EndedNote fleet={fleet} />}
    </div>
  )
}

/** Of the past the latest that had ended are told, and all are counted. */
function EndedNote({ fleet }: { readonly fleet: FleetRows }) {
  if (fleet.endedBeside === 0) return null
  return (
    <p className="label sticky left-0 px-3 py-3">
      {fleet.endedBeside.toLocaleString('en')} more had ended by then; the latest are listed, and
      the counts at the left are complete.
    </p>
  )
}

function OlderButton({ older }: { readonly older: OlderRuns }) {
  if (!older.possible) return null
  return (
    <div className="sticky left-0 flex min-h-12 items-center gap-3 px-3">
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
