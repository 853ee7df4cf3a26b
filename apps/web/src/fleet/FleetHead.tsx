import { ArrowDown, ArrowUp, Check, Minus } from 'lucide-react'

import { usePastInstant } from '../live/useMoment'
import { all, nothingChosen, type Choice } from './choice'
import type { ColumnId } from './columnIds'
import { columns, type TableLayout } from './columns'
import { orderOf } from './order'
import { withSort, type FleetSearch } from './search'
import { fleetChoice } from './useChoice'
import type { FleetRows } from './useFleetRows'
import { useSetSearch } from './useSetSearch'

interface FleetHeadProps {
  readonly layout: TableLayout
  readonly search: FleetSearch
  readonly fleet: FleetRows
  readonly choice: Choice
}

/** Titles that sort, and the box that takes every row of the filter. */
export function FleetHead({ layout, search, fleet, choice }: FleetHeadProps) {
  const then = usePastInstant()
  return (
    <div role="rowgroup" className="bg-bg border-line sticky top-0 z-10 border-b max-md:sr-only">
      <div
        role="row"
        aria-rowindex={1}
        className="group grid h-7 grid-cols-(--tracks) items-center gap-x-3 px-3 xl:grid-cols-(--wide)"
      >
        {then === null ? (
          <AllBox fleet={fleet} choice={choice} />
        ) : (
          <span role="columnheader">
            <span className="sr-only">No selection</span>
          </span>
        )}
        {layout.ids.map((id) => (
          <Title key={id} id={id} search={search} layout={layout} />
        ))}
      </div>
    </div>
  )
}

function AllBox({ fleet, choice }: Pick<FleetHeadProps, 'fleet' | 'choice'>) {
  const { size } = choice.chosen
  // Of the chosen, some may not be in this filter.
  const every = size > 0 && fleet.matching.every(({ id }) => choice.chosen.has(id))
  return (
    <span role="columnheader" className="flex items-center">
      <button
        type="button"
        role="checkbox"
        tabIndex={-1}
        aria-checked={every ? true : size > 0 ? 'mixed' : false}
        aria-label="Select every run of this filter"
        onClick={() =>
          fleetChoice.set(
            every
              ? nothingChosen
              : all(
                  choice,
                  fleet.matching.map(({ id }) => id),
                ),
          )
        }
        className={`border-muted flex size-3.5 items-center justify-center rounded-mark border group-hover:opacity-100
          group-data-choosing/table:opacity-100 pointer-coarse:opacity-100
          ${size > 0 ? 'bg-accent border-accent text-bg' : 'opacity-0'}`}
      >
        {every && <Check aria-hidden className="size-3" strokeWidth={3} />}
        {size > 0 && !every && <Minus aria-hidden className="size-3" strokeWidth={3} />}
      </button>
    </span>
  )
}

interface TitleProps extends Pick<FleetHeadProps, 'layout' | 'search'> {
  readonly id: ColumnId
}

function Title({ id, search, layout }: TitleProps) {
  const set = useSetSearch()
  const { title, sort, right } = columns[id]
  const look = `label min-w-0 ${right === true ? 'justify-self-end' : ''}
    ${layout.onlyWide.includes(id) ? 'max-xl:hidden' : ''}`
  if (sort === undefined) {
    return (
      <span role="columnheader" className={`${look} truncate`}>
        {title}
      </span>
    )
  }
  const on = search.sort === sort
  const reversed = on && search.reverse === 'yes'
  const { descending } = orderOf(sort, reversed)
  const Arrow = descending ? ArrowDown : ArrowUp
  // First as it is wanted most, then the other way round, then back to the calm order.
  const next = () => set(withSort(search, on && reversed ? 'active' : sort, on && !reversed))
  return (
    <span
      role="columnheader"
      aria-sort={on ? (descending ? 'descending' : 'ascending') : 'none'}
      className={look}
    >
      <button
        type="button"
        tabIndex={-1}
        onClick={next}
        className={`hover:text-text flex max-w-full items-center gap-1 ${on ? 'text-text font-medium' : ''}`}
      >
        <span className="truncate">{title}</span>
        {on && <Arrow aria-hidden className="size-3 shrink-0" />}
      </button>
    </span>
  )
}
