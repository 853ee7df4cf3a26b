import { stopReasonFacts } from '@holdpoint/protocol'
import { useNavigate } from '@tanstack/react-router'
import { ListFilter, X } from 'lucide-react'
import { Suspense, lazy, useState } from 'react'

import { stateLook } from '../runs/stateLook'
import { buttonClass } from '../ui/Button'
import {
  isFiltered,
  sorts,
  sortWords,
  toggled,
  withList,
  type FleetSearch,
  type Sort,
} from './search'

const loadMenu = () => import('./FilterMenu')
const FilterMenu = lazy(loadMenu)

interface FilterBarProps {
  readonly search: FleetSearch
  readonly shown: number
  readonly pending: number
  readonly release: () => void
}

/** Changes the filter in the URL: every view has its link, and back goes back. */
function useSetSearch() {
  const navigate = useNavigate()
  return (search: FleetSearch) => void navigate({ to: '/', search, replace: true })
}

export function FilterBar({ search, shown, pending, release }: FilterBarProps) {
  const set = useSetSearch()
  const { q: _, ...rest } = search
  const [typed, setTyped] = useState(search.q ?? '')
  const [known, setKnown] = useState(search.q)
  if (known !== search.q) {
    setKnown(search.q)
    if (typed.trim() !== (search.q ?? '')) setTyped(search.q ?? '')
  }
  return (
    <div className="border-line flex min-h-10 shrink-0 flex-wrap items-center gap-1.5 border-b px-3 py-1.5">
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
          if (event.key === 'Escape') event.currentTarget.blur()
        }}
        className="bg-surface border-line placeholder:text-muted h-7 w-full rounded-ctl border px-2 max-md:h-10 max-md:text-[16px] md:w-56"
      />
      <Chips search={search} set={set} />
      <FilterButton search={search} set={set} />
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
      <span className="label ml-auto" role="status">
        {shown.toLocaleString('en')} {shown === 1 ? 'run' : 'runs'}
      </span>
      <SortSelect
        value={search.sort ?? 'active'}
        onChange={(sort) => {
          const { sort: _, ...others } = search
          set(sort === 'active' ? others : { ...others, sort })
        }}
      />
    </div>
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
      className="border-line bg-surface h-7 rounded-ctl border px-1.5 max-md:h-10"
    >
      {sorts.map((sort) => (
        <option key={sort} value={sort}>
          {sortWords[sort]}
        </option>
      ))}
    </select>
  )
}

/** The menu is fetched when someone reaches for it: the first page does without it. */
function FilterButton({ search, set }: ChipsProps) {
  const [wanted, setWanted] = useState(false)
  const button = (
    <button
      type="button"
      aria-haspopup="menu"
      className={`${buttonClass('quiet')} max-md:h-10`}
      onPointerEnter={() => void loadMenu()}
      onClick={() => setWanted(true)}
    >
      <ListFilter aria-hidden className="size-3.5" /> Filter
    </button>
  )
  return wanted ? (
    <Suspense fallback={button}>
      <FilterMenu search={search} set={set} />
    </Suspense>
  ) : (
    button
  )
}

interface ChipsProps {
  readonly search: FleetSearch
  readonly set: (search: FleetSearch) => void
}

function Chips({ search, set }: ChipsProps) {
  const chips = [
    ...(search.state ?? []).map((v) => ({
      text: `state: ${stateLook[v].word}`,
      without: withList(search, 'state', toggled(search.state, v)),
    })),
    ...(search.agent ?? []).map((v) => ({
      text: `agent: ${v}`,
      without: withList(search, 'agent', toggled(search.agent, v)),
    })),
    ...(search.reason ?? []).map((v) => ({
      text: `stopped: ${stopReasonFacts[v].label}`,
      without: withList(search, 'reason', toggled(search.reason, v)),
    })),
  ]
  return chips.map(({ text, without }) => (
    <button
      key={text}
      type="button"
      onClick={() => set(without)}
      className="bg-raised hover:text-text flex h-6 items-center gap-1 rounded-ctl px-2 text-small max-md:h-9"
    >
      {text}
      <X aria-hidden className="text-muted size-3" />
      <span className="sr-only">remove</span>
    </button>
  ))
}
