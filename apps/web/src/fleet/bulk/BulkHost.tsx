import { Suspense, lazy } from 'react'

import { useBulk, useBulkShown } from './bulk'

const BulkDialog = lazy(() => import('./BulkDialog'))

/** Stands beside the pages, because a command may be given, and watched, on any of them. */
export function BulkHost() {
  const shown = useBulkShown()
  const state = useBulk()
  if (!shown || state.phase === 'none') return null
  return (
    <Suspense>
      <BulkDialog state={state} />
    </Suspense>
  )
}
