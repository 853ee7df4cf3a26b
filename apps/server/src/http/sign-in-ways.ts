import type { SignInWays } from '@holdpoint/protocol'
import { Hono } from 'hono'

import type { Database } from '../database/database.ts'
import { isUnreachable } from '../database/problem.ts'
import type { IdentityProvider } from '../operators/identity-provider.ts'
import type { AccessEnv } from './access.ts'

interface Parts {
  readonly database: Database
  readonly provider: IdentityProvider | undefined
}

/** `GET /api/sign-in`, for whoever is not signed in yet: which ways there are besides links. */
export function signInWaysRoute({ database, provider }: Parts): Hono<AccessEnv> {
  const app = new Hono<AccessEnv>()
  app.get('/sign-in', async (c) => {
    c.header('cache-control', 'no-store')
    const passwords = await passwordsAllowed(database)
    const ways: SignInWays = { provider: provider?.name ?? null, passwords }
    return c.json(ways)
  })
  return app
}

/** While the database is away nobody can say; whoever tries is told that it is away. */
async function passwordsAllowed(database: Database): Promise<boolean> {
  try {
    const [row] = await database.read<{ passwords: boolean }>('select passwords from sign_in_ways')
    return row?.passwords !== false
  } catch (error) {
    if (isUnreachable(error)) return true
    throw error
  }
}
