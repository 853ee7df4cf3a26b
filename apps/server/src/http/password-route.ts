import { longestPassword, shortestPassword } from '@holdpoint/protocol'
import { Hono } from 'hono'
import { z } from 'zod'

import type { Database } from '../database/database.ts'
import { problem } from '../database/problem.ts'
import { newSecret } from '../database/secrets.ts'
import { signInWithPassword } from '../operators/sign-in-with-password.ts'
import type { AccessEnv } from './access.ts'
import type { AddressOf } from './address.ts'
import type { SessionCookie } from './cookie.ts'

const body = z.object({
  name: z.string().trim().toLowerCase().min(1).max(100),
  password: z.string().min(1).max(longestPassword),
})

interface Parts {
  readonly database: Database
  readonly cookie: SessionCookie
  readonly addressOf: AddressOf
}

/** `POST /api/sign-in` with `{name, password}`: for whoever is not signed in yet. */
export function passwordRoute({ database, cookie, addressOf }: Parts): Hono<AccessEnv> {
  const app = new Hono<AccessEnv>()
  app.post('/sign-in', async (c) => {
    c.header('cache-control', 'no-store')
    const given = body.safeParse(await c.req.json().catch(() => null))
    if (!given.success) throw problem('BAD_REQUEST', 'A name and a password are needed.')
    const secret = newSecret()
    const attempt = {
      ...given.data,
      secret,
      userAgent: c.req.header('user-agent') ?? null,
      address: addressOf(c),
    }
    if (!(await signInWithPassword(database, attempt)))
      throw problem(
        'UNAUTHENTICATED',
        'Name and password do not fit.',
        `A password has at least ${shortestPassword} characters. Or ask an administrator for a link.`,
      )
    cookie.set(c, secret)
    return c.json({ signedIn: true })
  })
  return app
}
