import { isFinal, runState, type Run, type RunId } from '@holdpoint/protocol'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useEffect } from 'react'

import { api } from '../app/trpc'
import { NeverConnected } from '../fleet/FleetEmpty'
import { markSeen } from '../fleet/seen'
import type { Connection } from '../live/connection'
import { useConnection } from '../live/useLive'
import { usePastInstant } from '../live/useMoment'
import { PastRunPage } from '../past/PastRunPage'
import { Skeleton } from '../ui/Skeleton'
import { visible } from '../ui/visible'
import { useRun, type LiveRun } from './history/useRun'
import { RunFacts } from './RunFacts'
import { RunHeader } from './RunHeader'
import { RunMissing } from './RunMissing'
import { RunTabs } from './RunTabs'
import { stateLook } from './stateLook'
import { TabBody } from './TabBody'

const route = getRouteApi('/runs/$runId')

export function RunPage() {
  const { runId } = route.useParams()
  return <WatchedRun key={runId} id={runId as RunId} />
}

function WatchedRun({ id }: { readonly id: RunId }) {
  const live = useRun(id)
  const { run, connection } = live
  const then = usePastInstant()
  const seen = then === null && run?.status === 'failed'
  useEffect(() => {
    if (seen) markSeen(id)
  }, [id, seen])
  // The stream goes on behind it, so that going live is instant.
  if (then !== null) return <PastRunPage id={id} live={live} />
  if (run !== null) return <OpenRun run={run} live={live} />
  if (connection.phase === 'missing') return <RunMissing id={id} />
  if (connection.phase === 'disconnected') return <NeverConnected />
  return <Skeleton rows={14} label="Loading the run" />
}

/** What the stream does not carry: lease, holds, relatives. Read again while the run goes on. */
const useRunContext = (run: Run) =>
  useQuery({
    queryKey: ['runs', run.id, 'context', run.status, run.heldBy.join()],
    queryFn: () => api.runs.get.query({ id: run.id }),
    refetchInterval: isFinal(run.status) ? false : 3000,
    placeholderData: keepPreviousData,
  }).data

function OpenRun({ run, live }: { readonly run: Run; readonly live: LiveRun }) {
  const context = useRunContext(run)
  const children = context?.children ?? []
  const active = children.filter((child) => !isFinal(child.status)).length
  return (
    <div className="flex min-h-0 flex-1 flex-col max-md:overflow-y-auto">
      <title>{`${stateLook[runState(run)].word}: ${visible(run.goal ?? run.id)} · Holdpoint`}</title>
      <CutStream connection={live.connection} />
      <RunHeader run={run} activeChildren={active} />
      <RunFacts run={run} lease={context?.lease ?? null} parent={context?.parent ?? null}>
        {children}
      </RunFacts>
      <RunTabs />
      <TabBody run={run} live={live} />
    </div>
  )
}

/** The bar speaks for the fleet's stream; this run has its own, and when only that is cut, it says so. */
function CutStream({ connection }: { readonly connection: Connection }) {
  const fleet = useConnection()
  if (connection.phase !== 'disconnected' || fleet.phase !== 'live') return null
  return (
    <p role="status" className="text-bad border-line border-b px-3 py-1.5 font-medium">
      This run’s own stream is cut: what is shown here is old. It is being opened again.
    </p>
  )
}
