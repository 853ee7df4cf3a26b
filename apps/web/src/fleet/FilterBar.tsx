import { Bookmark, Columns3, ListFilter, ListTree } from 'lucide-react'
import { Suspense, lazy, useState } from 'react'

import { useFleet } from '../live/useLive'
import { buttonClass } from '../ui/Button'
import { Chips } from './Chips'
import { Face, LazyMenu } from './LazyMenu'
import {
  isFiltered,
  sorts,
  sortWords,
  treeOf,
  withSort,
  withTree,
  type FleetSearch,
  type Sort,
} from './search'
import { useSetSearch } from './useSetSearch'

const loadFilter = () => import('./FilterMenu')
const loadColumns = () => import('./ColumnsMenu')
const loadViews = () => import('./ViewsMenu')
const FilterMenu = lazy(loadFilter)
const ColumnsMenu = lazy(loadColumns)
const ViewsMenu = lazy(loadViews)
/** Which view this is, on the button; without it the button still says what it opens. */
const ViewName = lazy(async () => import('./ViewName').catch(() => ({ default: () => <>Views</> })))

interface FilterBarProps {
  readonly search: FleetSearch
  readonly shown: number
  readonly pending: number
  readonly release: () => void
  /** Where there is no table: what decides which runs are told, and nothing of how. */
  readonly only?: 'filters'
}

export function FilterBar({ search, shown, pending, release, only }: FilterBarProps) {
  const set = useSetSearch()
  return (
    <div className="border-line flex min-h-10 shrink-0 flex-wrap items-center gap-1.5 border-b px-3 py-1.5">
      <SearchField search={search} set={set} />
      <Chips search={search} set={set} />
      <LazyMenu load={loadFilter} face={<Face icon={ListFilter} word="Filter" />}>
        <FilterMenu search={search} set={set} />
      </LazyMenu>
      <LazyMenu
        load={loadViews}
        face={
          <Face
            icon={Bookmark}
            word={
              <Suspense fallback="Views">
                {Object.keys(search).length === 0 ? 'Views' : <ViewName search={search} />}
              </Suspense>
            }
          />
        }
      >
        <ViewsMenu search={search} set={set} />
      </LazyMenu>
      {isFiltered(search) && (
        <button
          type="button"
          className="text-muted hover:text-text px-1 underline"
          onClick={() => set({})}
        >
          Clear
        </button>
      )}
      {pending > 0 && (
        <button
          type="button"
          onClick={release}
          className="border-accent bg-selected enter h-6 rounded-full border px-2.5 text-small font-medium"
        >
          {pending} new
        </button>
      )}
      <span className="label ml-auto max-md:sr-only" role="status">
        {only === undefined && !isFiltered(search) ? <Held shown={shown} /> : runsWords(shown)}
      </span>
      {only === undefined && <TableMenus search={search} set={set} />}
    </div>
  )
}

const runsWords = (n: number): string => `${n.toLocaleString('en')} ${n === 1 ? 'run' : 'runs'}`

/** Of those that ended long ago not all are read: the counts beside the table are of all. */
function Held({ shown }: { readonly shown: number }) {
  const { counts } = useFleet()
  const all = Object.values(counts).reduce((sum, n) => sum + n, 0)
  return all > shown ? `${shown.toLocaleString('en')} of ${runsWords(all)}` : runsWords(shown)
}

interface ViewProps {
  readonly search: FleetSearch
  readonly set: (search: FleetSearch) => void
}

/** How the table stands: its columns, its tree, its order. */
const TableMenus = ({ search, set }: ViewProps) => (
  <>
    <LazyMenu
      load={loadColumns}
      face={<Face icon={Columns3} word="Columns" />}
      className="max-md:hidden"
    >
      <ColumnsMenu search={search} set={set} />
    </LazyMenu>
    <TreeButton search={search} set={set} />
    <SortSelect value={search.sort ?? 'active'} onChange={(sort) => set(withSort(search, sort))} />
  </>
)

function SearchField({ search, set }: ViewProps) {
  const { q: _, ...rest } = search
  const [typed, setTyped] = useState(search.q ?? '')
  const [known, setKnown] = useState(search.q)
  if (known !== search.q) {
    setKnown(search.q)
    if (typed.trim() !== (search.q ?? '')) setTyped(search.q ?? '')
  }
  return (
    <input
      type="search"
      aria-label="Search runs"
      placeholder="Search goal, id, step, tool"
      value={typed}
      onChange={(event) => {
        setTyped(event.target.value)
        const q = event.target.value.trim()
        set(q === '' ? rest : { ...rest, q })
      }}
      onKeyDown={(event) => {
        // Enter goes on to the rows found; Escape, which empties the field, leaves it too.
        if (event.key === 'Enter' || event.key === 'Escape') event.currentTarget.blur()
      }}
      className="bg-surface border-line placeholder:text-muted h-7 w-full rounded-ctl border px-2 max-md:h-10 max-md:text-[16px] md:w-56"
    />
  )
}

/** Children under their parents, or each run for itself. */
function TreeButton({ search, set }: ViewProps) {
  const on = treeOf(search) !== 'flat'
  return (
    <button
      type="button"
      aria-pressed={on}
      title={on ? 'Children stand under their parents' : 'Each run stands for itself'}
      onClick={() => set(withTree(search, on ? 'flat' : 'open'))}
      className={`${buttonClass('quiet')} max-md:h-10 ${on ? 'text-text bg-raised' : ''}`}
    >
      <ListTree aria-hidden className="size-3.5" />
      <span className="max-md:sr-only">Tree</span>
    </button>
  )
}

function SortSelect({
  value,
  onChange,
}: {
  readonly value: Sort
  readonly onChange: (sort: Sort) => void
}) {
  return (
    <select
      aria-label="Sort"
      value={value}
      onChange={(event) => onChange(event.target.value as Sort)}
      className="border-line bg-surface h-7 rounded-ctl border px-1.5 max-md:ml-auto max-md:h-10 max-md:w-36"
    >
      {sorts.map((sort) => (
        <option key={sort} value={sort}>
          {sortWords[sort]}
        </option>
      ))}
    </select>
  )
}
