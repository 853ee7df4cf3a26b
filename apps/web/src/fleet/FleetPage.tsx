import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'

import { useConnection } from '../live/useLive'
import { Skeleton } from '../ui/Skeleton'
import { useHotkeys } from '../ui/useHotkeys'
import { FilterBar } from './FilterBar'
import { FirstRun, NeverConnected, NoMatch } from './FleetEmpty'
import { FleetTable } from './FleetTable'
import { NeedsYou } from './NeedsYou'
import { isFiltered } from './search'
import { SelectedRun } from './SelectedRun'
import { useFleetRows } from './useFleetRows'
import { usePointerOver } from './usePointerOver'

const route = getRouteApi('/')

export function FleetPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const connection = useConnection()
  const pointer = usePointerOver()
  const fleet = useFleetRows(search, pointer.over)
  const [selected, setSelected] = useState<string | null>(null)
  const { rows } = fleet
  const index = rows.findIndex((run) => run.id === selected)
  const run = rows[index] ?? fleet.all.get(selected ?? '')

  const move = (by: number) => {
    const next = rows[Math.min(rows.length - 1, Math.max(0, index + by))]
    if (next !== undefined) setSelected(next.id)
  }
  const open = () => {
    if (run !== undefined) void navigate({ to: '/runs/$runId', params: { runId: run.id } })
  }
  useHotkeys({
    repeat: ['j', 'k', 'arrowdown', 'arrowup'],
    down: {
      j: () => move(1),
      arrowdown: () => move(1),
      k: () => move(-1),
      arrowup: () => move(-1),
      enter: open,
      escape: () => setSelected(null),
    },
  })

  if (!fleet.known) {
    return connection.phase === 'disconnected' ? (
      <NeverConnected />
    ) : (
      <Skeleton rows={16} label="Loading the fleet" />
    )
  }
  if (fleet.held === 0 && !isFiltered(search)) return <FirstRun />
  return (
    <>
      <title>Fleet · Holdpoint</title>
      <h1 className="sr-only">Fleet</h1>
      <NeedsYou frozen={pointer.over} />
      <FilterBar
        search={search}
        shown={rows.length}
        pending={fleet.pending}
        release={pointer.leave}
      />
      {rows.length === 0 ? (
        <NoMatch older={fleet.older} />
      ) : (
        <FleetTable
          fleet={fleet}
          selected={run?.id ?? null}
          select={setSelected}
          pointer={pointer.handlers}
        />
      )}
      {run !== undefined && (
        <SelectedRun key={run.id} run={run} activeChildren={fleet.children.get(run.id) ?? 0} />
      )}
    </>
  )
}
