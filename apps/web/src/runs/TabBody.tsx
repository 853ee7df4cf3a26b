import type { Run } from '@holdpoint/protocol'
import { getRouteApi } from '@tanstack/react-router'
import { Suspense, lazy } from 'react'

import { AuditTable } from '../audit/AuditTable'
import { usePastInstant } from '../live/useMoment'
import { PastActionsTab } from '../past/PastActionsTab'
import { PastApprovalsTab } from '../past/PastApprovalsTab'
import { JsonView } from '../ui/JsonView'
import { Skeleton } from '../ui/Skeleton'
import { instantOf, microsOf } from './history/eventColumns'
import type { RunRead } from './history/useRun'
import type { RunTab } from './search'
import { ActionsTab } from './tabs/ActionsTab'
import { ApprovalsTab } from './tabs/ApprovalsTab'
import { Timeline } from './timeline/Timeline'

const DriftTab = lazy(() => import('./drift/DriftTab'))
const route = getRouteApi('/runs/$runId')

interface TabBodyProps {
  readonly run: Run
  readonly live: RunRead
}

export function TabBody({ run, live }: TabBodyProps) {
  const { tab = 'timeline' } = route.useSearch()
  return (
    <div className="flex min-h-0 flex-1 flex-col max-md:min-h-[26rem] max-md:flex-none max-md:pb-40">
      <Body tab={tab} run={run} live={live} />
    </div>
  )
}

function Body({ tab, run, live }: TabBodyProps & { readonly tab: RunTab }) {
  const then = usePastInstant()
  switch (tab) {
    case 'timeline':
      return <Timeline run={run} live={live} />
    case 'actions':
      return then === null ? <ActionsTab run={run} /> : <PastActionsTab run={run} read={live} />
    case 'drift':
      return (
        <Suspense fallback={<Skeleton rows={6} label="Loading drift" />}>
          <DriftTab run={run} />
        </Suspense>
      )
    case 'approvals':
      return then === null ? <ApprovalsTab run={run} /> : <PastApprovalsTab id={run.id} />
    case 'audit':
      return <AuditTable runId={run.id} to={then === null ? null : instantOf(microsOf(then) + 1)} />
    case 'raw':
      return (
        <div className="overflow-y-auto p-3">
          <JsonView
            label={then === null ? 'Run as the stream has it' : 'Run as it was then'}
            value={run}
            open={3}
          />
        </div>
      )
  }
}
