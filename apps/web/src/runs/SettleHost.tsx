import { Suspense, lazy, useSyncExternalStore } from 'react'

import { useFleetRun } from '../live/useLive'
import { settling } from './settling'

const SettleDialog = lazy(() => import('./SettleDialog'))

/** Stands beside the pages, so that what is typed stays whatever becomes of the row behind it. */
export function SettleHost() {
  const asked = useSyncExternalStore(settling.subscribe, settling.get)
  const run = useFleetRun(asked?.run.id ?? '') ?? asked?.run
  if (asked === null || run === undefined) return null
  return (
    <Suspense>
      <SettleDialog
        run={run}
        chosen={asked.action}
        answer={asked.landed}
        close={() => settling.set(null)}
      />
    </Suspense>
  )
}
