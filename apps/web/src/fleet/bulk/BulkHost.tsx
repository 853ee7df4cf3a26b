import { Suspense, lazy } from 'react'

import { useBulkBegun } from './beginBulk'

const BulkDialog = lazy(() => import('./BulkDialog'))

/** Stands beside the pages, because a command may be given, and watched, on any of them. */
export function BulkHost() {
  return useBulkBegun() ? (
    <Suspense>
      <BulkDialog />
    </Suspense>
  ) : null
}
