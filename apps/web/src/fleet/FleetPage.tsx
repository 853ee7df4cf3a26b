import { getRouteApi } from '@tanstack/react-router'
import { Suspense, lazy } from 'react'

import { useConnection } from '../live/useLive'
import { usePastInstant } from '../live/useMoment'
import { usePastState } from '../past/usePast'
import { thenWords } from '../time/instant'
import { Skeleton } from '../ui/Skeleton'
import { usePointerOver } from '../ui/usePointerOver'
import { useBulkBegun } from './bulk/beginBulk'
import { useCutOff } from './bulk/useCutOff'
import { noneChosen } from './choice'
import { FilterBar } from './FilterBar'
import { FleetTable } from './FleetTable'
import { tailOf } from './forest'
import { Part } from './Part'
import { isFiltered, toggled, withList } from './search'
import { useChoice } from './useChoice'
import { useFleetRows } from './useFleetRows'
import { useSetSearch } from './useSetSearch'
import { useTogether } from './useTogether'

// Beside the first script, and asked for with it: they are here before the first runs are.
const loading = {
  lane: import('./NeedsYou'),
  charts: import('./FleetCharts'),
  selected: import('./Selected'),
  empty: import('./FleetEmpty'),
}
const NeedsYou = lazy(async () => loading.lane)
const FleetCharts = lazy(async () => loading.charts)
const Selected = lazy(async () => loading.selected)
const FirstRun = lazy(async () => ({ default: (await loading.empty).FirstRun }))
const NoMatch = lazy(async () => ({ default: (await loading.empty).NoMatch }))
const NeverConnected = lazy(async () => ({ default: (await loading.empty).NeverConnected }))
const BulkNote = lazy(() => import('./bulk/BulkNote'))
const CutOffNote = lazy(() => import('./bulk/CutOffNote'))
const Changes = lazy(() => import('../past/Changes'))
const PastNotice = lazy(async () => ({
  default: (await import('../past/PastNotice')).PastNotice,
}))

const route = getRouteApi('/')

export function FleetPage() {
  const { at: _at, since, ...search } = route.useSearch()
  const then = usePastInstant()
  const { never } = usePastState()
  const set = useSetSearch()
  const connection = useConnection()
  const pointer = usePointerOver()
  const fleet = useFleetRows(search, pointer.over)
  const chosen = useChoice()
  const choice = then === null ? chosen : noneChosen(chosen)
  const bulkBegun = useBulkBegun()
  const cutOff = useCutOff()
  const together = useTogether(fleet.known)
  const fold = (id: string) => set(withList(search, 'flip', toggled(search.flip, tailOf(id))))

  if (then !== null && (never !== null || !fleet.known))
    return (
      <Suspense>
        <PastNotice />
      </Suspense>
    )
  if (!fleet.known) {
    return connection.phase === 'disconnected' ? (
      <Suspense>
        <NeverConnected />
      </Suspense>
    ) : (
      <Skeleton rows={16} label="Loading the fleet" />
    )
  }
  if (since !== undefined && then !== null)
    return (
      <Suspense fallback={<Skeleton rows={16} label="Loading what changed" />}>
        <Changes search={search} since={since} at={then} />
      </Suspense>
    )
  if (fleet.held === 0 && !isFiltered(search)) {
    if (then !== null)
      return (
        <Suspense>
          <PastNotice />
        </Suspense>
      )
    return (
      <>
        <Suspense fallback={<Skeleton rows={16} label="Loading the fleet" />}>
          <NeedsYou frozen={false} onlyTrouble />
          <FirstRun />
        </Suspense>
      </>
    )
  }
  return (
    // A phone has no room for all of it at once: there the page scrolls, and the rows keep a part of the screen.
    <div
      className={`relative flex min-h-0 flex-1 flex-col max-md:overflow-y-auto ${together.shown ? '' : 'invisible'}`}
    >
      {!together.shown && (
        <div className="visible absolute inset-0">
          <Skeleton rows={16} label="Loading the fleet" />
        </div>
      )}
      <title>
        {then === null
          ? 'Fleet · Holdpoint'
          : `Fleet at ${thenWords(Date.parse(then))} · Holdpoint`}
      </title>
      <h1 className="sr-only">Fleet</h1>
      <Suspense fallback={<div className="border-line h-16.5 shrink-0 border-b" />}>
        <Part>
          <NeedsYou frozen={pointer.over} come={together.come} />
        </Part>
        {then === null && (
          <Part>
            <FleetCharts />
          </Part>
        )}
      </Suspense>
      <FilterBar
        search={search}
        shown={fleet.matching.length}
        pending={fleet.pending}
        release={pointer.leave}
      />
      {/* In one piece: a row that is seen can be worked by its keys. */}
      <Suspense fallback={<Skeleton rows={16} label="Loading the fleet" />}>
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
        <Suspense>
          {bulkBegun && then === null && <BulkNote />}
          {cutOff !== null && then === null && <CutOffNote cut={cutOff} />}
        </Suspense>
        <Part>
          <Selected fleet={fleet} choice={choice} fold={fold} />
        </Part>
      </Suspense>
    </div>
  )
}
