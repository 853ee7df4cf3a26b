import type { Run } from '@holdpoint/protocol'
import { Suspense, lazy } from 'react'

import { useFleetRun } from '../live/useLive'
import { useRunControl } from '../runs/useRunControl'

/** Comes with the first selection: the first page does without it. */
const FleetDock = lazy(() => import('./FleetDock'))

interface SelectedRunProps {
  readonly run: Run
  readonly activeChildren: number
}

/** Obeys the keys from the moment a run is selected, also while its dock is still on its way. */
export function SelectedRun({ run: listed, activeChildren }: SelectedRunProps) {
  const run = useFleetRun(listed.id) ?? listed
  const control = useRunControl(run)
  return (
    <Suspense>
      <FleetDock run={run} activeChildren={activeChildren} control={control} />
    </Suspense>
  )
}
