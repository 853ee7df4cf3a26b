import { getRouteApi, Link } from '@tanstack/react-router'
import { ArrowDownUp, ChartGantt } from 'lucide-react'
import { useMemo, useState } from 'react'

import { CopyLink } from '../app/CopyLink'
import { Button, buttonClass } from '../ui/Button'
import { Notice } from '../ui/Notice'
import { AuditChips } from './AuditChips'
import { AuditRows } from './AuditRows'
import { ExportMenu } from './ExportMenu'
import { FilterInput } from './FilterInput'
import { incidentOf } from './incidentWindow'
import { fields, filterOf, isFiltered, without, type AuditSearch } from './search'
import { TimeMenu } from './TimeMenu'

const route = getRouteApi('/audit')
/** What Backspace takes away, last first. */
const widening = ['to', 'from', 'late', ...fields.toReversed()] as const

const countWords = ({ rows, more }: { rows: number; more: boolean }): string =>
  `${rows.toLocaleString('en')} ${rows === 1 ? 'row' : 'rows'}${more ? ' loaded, more below' : ''}`

/** Every action of operators and agents, by whatever is known of it. */
export function AuditPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const [reads, setReads] = useState(0)
  const [loaded, setLoaded] = useState<{ rows: number; more: boolean } | null>(null)
  // A filter is a place to come back to; the open row is not.
  const set = (next: AuditSearch) => void navigate({ search: without(next, 'sel') })
  const select = (id: string | null) =>
    void navigate({
      search: id === null ? without(search, 'sel') : { ...search, sel: id },
      replace: true,
    })
  const narrow = (by: AuditSearch) => set({ ...search, ...by })
  const filter = useMemo(() => filterOf(search), [search])
  const order = search.order ?? 'newest'
  const filtered = isFiltered(search)
  return (
    <>
      <title>Audit · Holdpoint</title>
      {search.sel !== undefined && <h1 className="sr-only md:hidden">Audit</h1>}
      <div
        className={`border-line flex min-h-10 shrink-0 flex-wrap items-center gap-1.5 border-b px-3 py-1.5 ${search.sel === undefined ? '' : 'max-md:hidden'}`}
      >
        <h1 className="text-title mr-2 font-semibold max-md:sr-only">Audit</h1>
        <FilterInput
          narrow={narrow}
          widen={() => {
            const last = widening.find((key) => search[key] !== undefined)
            if (last !== undefined) set(without(search, last))
          }}
        />
        <AuditChips search={search} set={set} />
        <TimeMenu search={search} set={set} />
        {filtered && (
          <button
            type="button"
            className="text-muted hover:text-text px-1 underline"
            onClick={() => set(search.order === undefined ? {} : { order: search.order })}
          >
            Clear
          </button>
        )}
        <div className="ml-auto flex flex-wrap items-center gap-1 max-md:contents">
          <span className="label mr-1 max-md:sr-only" role="status">
            {loaded === null ? '' : countWords(loaded)}
          </span>
          <button
            type="button"
            title="The other way round"
            onClick={() =>
              set(order === 'newest' ? { ...search, order: 'oldest' } : without(search, 'order'))
            }
            className={`${buttonClass('quiet')} max-md:h-10`}
          >
            <ArrowDownUp aria-hidden className="size-3.5" />{' '}
            <span>
              {order === 'newest' ? 'Newest' : 'Oldest'}
              <span className="max-md:sr-only"> first</span>
            </span>
          </button>
          <Link
            to="/incidents"
            search={incidentOf(search)}
            title="This window as lanes of agents"
            className={`${buttonClass('quiet')} max-md:h-10`}
          >
            <ChartGantt aria-hidden className="size-3.5" /> Lanes
          </Link>
          <CopyLink path="/audit" search={{ ...search }} bareOnPhone />
          <ExportMenu filter={filter} order={order} />
        </div>
      </div>
      <AuditRows
        question={{ filter, order, mark: reads }}
        sel={search.sel ?? null}
        select={select}
        readAgain={() => setReads(reads + 1)}
        narrow={narrow}
        told={setLoaded}
        empty={
          filtered ? (
            <Notice
              title="No row matches this filter"
              actions={<Button onClick={() => set({})}>Show all rows</Button>}
            >
              <p>The log was read; nothing in it matches every part of the filter.</p>
            </Notice>
          ) : undefined
        }
      />
    </>
  )
}
