import { isFinal, type Run } from '@holdpoint/protocol'
import { Check, GitFork } from 'lucide-react'
import { memo } from 'react'

import { useFleetRun } from '../live/useLive'
import { usePastInstant } from '../live/useMoment'
import { columns, type TableLayout } from './columns'
import { runAddress } from './copyLink'
import { cells } from './FleetCells'
import type { Placed } from './forest'
import { PhoneCells } from './PhoneCells'
import { Rails, Stray, TallyWords, Twisty } from './TreeMarks'

export interface FleetRowProps {
  readonly placed: Placed
  readonly current: boolean
  readonly chosen: boolean
  readonly folded: boolean
  readonly activeChildren: number
  /** Null on a phone, where a row is a card. */
  readonly layout: TableLayout | null
}

interface PlaceProps extends FleetRowProps {
  readonly index: number
  readonly top: number
}

const look = (current: boolean, chosen: boolean): string => {
  // Where the keys are is outlined among chosen rows, and while the table has the focus.
  if (current) return `bg-selected outline-accent -outline-offset-1 ${chosen ? 'outline' : ''}`
  return chosen ? 'bg-selected' : 'hover:bg-raised'
}

/**
 * A place in the table. Its cells follow their own run, so that a change is drawn without waiting for the
 * table; and when rows above come or go, places move and no cell is drawn again.
 */
export function FleetRow({ index, top, ...row }: PlaceProps) {
  const { placed, current, chosen } = row
  return (
    <div
      role="row"
      id={`run-${placed.id}`}
      data-run={placed.id}
      data-current={current ? '' : undefined}
      aria-rowindex={index + 2}
      aria-selected={current || chosen}
      style={{ transform: `translateY(${top}px)` }}
      className={`border-line group absolute inset-x-0 top-0 grid h-15 border-b px-3 contain-strict md:h-8 md:items-center md:gap-x-3
        max-md:grid-cols-1 max-md:content-center max-md:gap-y-0.5 md:grid-cols-(--tracks)
        xl:grid-cols-(--wide) ${look(current, chosen)}`}
    >
      <Cells {...row} />
    </div>
  )
}

const Cells = memo(function Cells(row: FleetRowProps) {
  const { placed, layout } = row
  const run = useFleetRun(placed.id) ?? placed.run
  return layout === null ? (
    <PhoneCells {...row} run={run} />
  ) : (
    <DeskCells {...row} run={run} layout={layout} />
  )
}, sameRow)

/** A new layout makes every place anew; cells are drawn again only when something they show is other. */
function sameRow(a: FleetRowProps, b: FleetRowProps): boolean {
  return (
    a.placed.id === b.placed.id &&
    a.placed.depth === b.placed.depth &&
    a.placed.rails === b.placed.rails &&
    a.placed.stray === b.placed.stray &&
    a.placed.below?.living === b.placed.below?.living &&
    a.placed.below?.waiting === b.placed.below?.waiting &&
    a.placed.below?.failed === b.placed.below?.failed &&
    a.placed.below?.all === b.placed.below?.all &&
    a.current === b.current &&
    a.chosen === b.chosen &&
    a.folded === b.folded &&
    a.activeChildren === b.activeChildren &&
    a.layout === b.layout
  )
}

interface DeskCellsProps extends FleetRowProps {
  readonly run: Run
  readonly layout: TableLayout
}

function DeskCells({ run, layout, ...row }: DeskCellsProps) {
  const then = usePastInstant()
  return (
    <>
      <span role="gridcell" className="flex items-center">
        {then === null && (
          <button
            type="button"
            role="checkbox"
            data-part="check"
            tabIndex={-1}
            aria-checked={row.chosen}
            aria-label="Select"
            className={`border-muted flex size-3.5 items-center justify-center rounded-mark border group-hover:opacity-100
            group-data-choosing/table:opacity-100 pointer-coarse:opacity-100
            ${row.chosen ? 'bg-accent border-accent text-bg' : row.current ? '' : 'opacity-0'}`}
          >
            {row.chosen && <Check aria-hidden className="size-3" strokeWidth={3} />}
          </button>
        )}
      </span>
      {layout.ids.map((id) => (
        <span
          key={id}
          role="gridcell"
          className={`min-w-0 ${id === layout.lead ? 'flex h-full items-center gap-1.5' : 'truncate'}
            ${columns[id].right === true ? 'flex justify-end' : ''}
            ${layout.onlyWide.includes(id) ? 'max-xl:hidden' : ''}`}
        >
          {id === layout.lead ? <Lead {...row} run={run} id={id} /> : cells[id](run)}
        </span>
      ))}
    </>
  )
}

interface LeadProps extends Omit<FleetRowProps, 'layout'> {
  readonly run: Run
  readonly id: TableLayout['lead']
}

/** The cell with the link, and in a tree with the run's place in it. */
function Lead({ run, id, placed, folded, activeChildren }: LeadProps) {
  const { depth, rails, below, stray } = placed
  const then = usePastInstant()
  return (
    <>
      <Rails depth={depth} rails={rails} />
      {below !== null && <Twisty folded={folded} />}
      {depth > 0 && <span className="sr-only">child run, level {depth}</span>}
      {stray && <Stray under={placed.under !== null} />}
      {/* One listener of the table opens it; as a link it can be copied, or opened beside. */}
      <a
        href={runAddress(run.id, then)}
        tabIndex={-1}
        className={`truncate hover:underline ${isFinal(run.status) ? 'text-muted' : ''}`}
      >
        {cells[id](run)}
      </a>
      {below !== null && folded ? (
        <TallyWords below={below} />
      ) : (
        activeChildren > 0 && (
          <span
            className="text-muted flex shrink-0 items-center gap-0.5"
            title="Child runs that have not ended"
          >
            <GitFork aria-hidden className="size-3" />
            {activeChildren}
            <span className="sr-only">child runs</span>
          </span>
        )
      )}
    </>
  )
}
