import type { AnyRoute } from '@tanstack/react-router'

import { router } from './router'

function load(): void {
  const routes: readonly AnyRoute[] = Object.values(router.routesById)
  const screens = routes.map(async (route) => router.loadRouteChunk(route))
  const rest = [
    import('./Palette'),
    import('./KeyMap'),
    import('../past/Past'),
    import('../past/PastBar'),
    import('../fleet/FilterMenu'),
    import('../fleet/ColumnsMenu'),
    import('../fleet/ViewsMenu'),
    import('../fleet/FleetDock'),
    import('../fleet/ManyDock'),
    import('../fleet/bulk/BulkDialog'),
    import('../fleet/bulk/BulkNote'),
    import('../fleet/bulk/CutOffNote'),
    import('../charts/HistoryCharts'),
    import('../runs/SettleDialog'),
    import('../runs/RaiseDialog'),
  ]
  // What could not be fetched is asked for again when it is needed.
  void Promise.allSettled([...screens, ...rest])
}

/**
 * Fetches the code of every screen once the first one stands. A screen must open also while the server is away,
 * and a key that opens a dialog must not wait for it: what is typed meanwhile would go to the page.
 */
export function loadAllWhenIdle(): void {
  if ('requestIdleCallback' in globalThis) requestIdleCallback(load, { timeout: 3000 })
  else setTimeout(load, 1000)
}
