import type { SignInWays } from '@holdpoint/protocol'
import { Hono } from 'hono'

import type { IdentityProvider } from '../operators/identity-provider.ts'
import type { AccessEnv } from './access.ts'

/** `GET /api/sign-in`, for whoever is not signed in yet: which ways there are besides passwords and links. */
export function signInWaysRoute(provider: IdentityProvider | undefined): Hono<AccessEnv> {
  const app = new Hono<AccessEnv>()
  const ways: SignInWays = { provider: provider?.name ?? null }
  app.get('/sign-in', (c) => {
    c.header('cache-control', 'no-store')
    return c.json(ways)
  })
  return app
}
