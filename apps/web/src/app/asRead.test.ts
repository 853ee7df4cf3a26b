import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router'
import { expect, test } from 'vitest'

import { parseIncidentSearch } from '../incidents/search.ts'
import { asRead } from './asRead.ts'

test('what an address says wrongly does not reach the page', () => {
  const root = createRootRoute()
  const page = createRoute({
    getParentRoute: () => root,
    path: '/incidents',
    validateSearch: asRead(parseIncidentSearch),
  })
  const router = createRouter({ routeTree: root.addChildren([page]) })
  const matches = router.matchRoutes('/incidents', { from: 'soon', to: '-1h', zoom: 'big' })
  expect(matches.at(-1)?.search).toEqual({ to: '-1h' })
})
