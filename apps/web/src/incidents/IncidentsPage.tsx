import { getRouteApi } from '@tanstack/react-router'
import { useMemo } from 'react'

import { ErrorScreen } from '../errors/ErrorNote'
import { useFleet } from '../live/useLive'
import { Skeleton } from '../ui/Skeleton'
import { without, type IncidentSearch } from './search'
import { Summary } from './summary/Summary'
import { useSummary } from './summary/useSummary'
import { TimelinePanel } from './timeline/TimelinePanel'
import { useScene } from './useScene'
import { useWindow } from './useWindow'
import type { IncidentWindow } from './window'
import { WindowBar } from './WindowBar'

const route = getRouteApi('/incidents')

/** The night after: a window of the past, what everyone did in it, and what happened in words. */
export function IncidentsPage() {
  const search = route.useSearch()
  const { window, failed, again } = useWindow(search)
  return (
    <>
      <title>Incidents · Holdpoint</title>
      {window !== null ? (
        <Incident search={search} window={window} />
      ) : failed !== null ? (
        <ErrorScreen level={1} told={failed} retry={again} />
      ) : (
        <Skeleton rows={12} label="Loading the history" />
      )}
    </>
  )
}

interface IncidentProps {
  readonly search: IncidentSearch
  readonly window: IncidentWindow
}

function Incident({ search, window }: IncidentProps) {
  const navigate = route.useNavigate()
  const scene = useScene(search, window)
  const agents = search.agent ?? null
  const known = useKnownAgents()
  // A window is a place to come back to; how it is looked at is not.
  const set = (next: IncidentSearch) => void navigate({ search: next })
  const look = (next: IncidentSearch) =>
    void navigate({ search: next, replace: true, resetScroll: false })
  const { from, to, agent } = search
  const read = useSummary(window, agents, [from, to, agent?.join()].join(' '))
  return (
    <div className="flex min-h-0 flex-1 flex-col max-md:overflow-y-auto">
      <WindowBar search={search} window={window} agents={known} set={set} />
      <div className="flex min-h-0 flex-1 max-md:flex-none max-md:flex-col">
        <TimelinePanel
          scene={scene}
          window={window}
          agents={agents}
          events={read.summary?.events ?? null}
          table={search.view === 'table'}
          showTable={(table) =>
            look(table ? { ...search, view: 'table' } : without(search, 'view'))
          }
          pickAgent={(agentId) => set({ ...search, agent: [agentId] })}
          adopt={() => {
            const { view } = scene
            if (view === null) return
            set({
              ...without(search, 'zoom'),
              from: new Date(Math.floor(view.from)).toISOString(),
              to: new Date(Math.ceil(view.to)).toISOString(),
            })
          }}
        />
        <Summary read={read} live={window.live} />
      </div>
    </div>
  )
}

/** Agents of the fleet as it is now; those of the window are among the lanes. */
function useKnownAgents(): readonly string[] {
  const { runs } = useFleet()
  return useMemo(
    () => [...new Set([...runs.values()].map(({ agentId }) => agentId as string))],
    [runs],
  )
}
