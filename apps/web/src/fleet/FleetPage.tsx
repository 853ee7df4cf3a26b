import { getRouteApi } from '@tanstack/react-router'
import { Suspense, lazy } from 'react'

import { useConnection } from '../live/useLive'
import { Skeleton } from '../ui/Skeleton'
import { BulkNote } from './bulk/BulkNote'
import { FilterBar } from './FilterBar'
import { FirstRun, NeverConnected, NoMatch } from './FleetEmpty'
import { FleetTable } from './FleetTable'
import { tailOf } from './forest'
import { isFiltered, toggled, withList } from './search'
import { Selected } from './Selected'
import { useChoice } from './useChoice'
import { useFleetKeys } from './useFleetKeys'
import { useFleetRows } from './useFleetRows'
import { usePointerOver } from './usePointerOver'
import { useSetSearch } from './useSetSearch'

// Beside the first script, and asked for with it: they are here before the first runs are.
const loading = { lane: import('./NeedsYou'), charts: import('./FleetCharts') }
const NeedsYou = lazy(async () => loading.lane)
const FleetCharts = lazy(async () => loading.charts)

const route = getRouteApi('/')

export function FleetPage() {
  const search = route.useSearch()
  const set = useSetSearch()
  const connection = useConnection()
  const pointer = usePointerOver()
  const fleet = useFleetRows(search, pointer.over)
  const choice = useChoice()
  const run = choice.current === null ? undefined : fleet.run(choice.current)
  const fold = (id: string) => set(withList(search, 'flip', toggled(search.flip, tailOf(id))))
  useFleetKeys({ fleet, choice, run, fold })

  if (!fleet.known) {
    return connection.phase === 'disconnected' ? (
      <NeverConnected />
    ) : (
      <Skeleton rows={16} label="Loading the fleet" />
    )
  }
  if (fleet.held === 0 && !isFiltered(search)) {
    return (
      <>
        <Suspense>
          <NeedsYou frozen={false} onlyTrouble />
        </Suspense>
        <FirstRun />
      </>
    )
  }
  return (
    <>
      <title>Fleet · Holdpoint</title>
      <h1 className="sr-only">Fleet</h1>
      <Suspense fallback={<div className="border-line h-16.5 shrink-0 border-b" />}>
        <NeedsYou frozen={pointer.over} />
        <FleetCharts />
      </Suspense>
      <FilterBar
        search={search}
        shown={fleet.matching.length}
        pending={fleet.pending}
        release={pointer.leave}
      />
      {fleet.rows.length === 0 ? (
        <NoMatch older={fleet.older} />
      ) : (
        <FleetTable
          fleet={fleet}
          search={search}
          choice={choice}
          fold={fold}
          pointer={pointer.handlers}
        />
      )}
      <BulkNote />
      <Selected fleet={fleet} choice={choice} />
    </>
  )
}
