import { createRouter } from '@tanstack/react-router'

import { RouteError } from '../errors/RouteError'
import { routeTree } from '../routeTree.gen'
import { NotFound } from './NotFound'
import { parseQuery, writeQuery } from './query'

export const router = createRouter({
  routeTree,
  parseSearch: parseQuery,
  stringifySearch: writeQuery,
  defaultPreload: 'intent',
  defaultErrorComponent: RouteError,
  defaultNotFoundComponent: NotFound,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
