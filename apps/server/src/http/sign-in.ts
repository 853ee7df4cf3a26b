import { firstPerson, type OwnSession } from '@holdpoint/protocol'
import { Hono } from 'hono'

import type { Database } from '../database/database.ts'
import { problem } from '../database/problem.ts'
import { hashOf, newSecret } from '../database/secrets.ts'
import type { AccessEnv } from './access.ts'
import type { AddressOf } from './address.ts'
import type { Callers } from './callers.ts'
import type { SessionCookie } from './cookie.ts'
import type { FirstLink } from './first-link.ts'
import { page } from './page.ts'

interface SignIn {
  readonly database: Database
  readonly callers: Callers
  readonly cookie: SessionCookie
  readonly addressOf: AddressOf
  readonly firstLink: FirstLink
}

/** `GET /sign-in?token=…`: a link that the terminal or an administrator gave. */
export function signInRoute(parts: SignIn): Hono<AccessEnv> {
  const { database, callers, cookie, firstLink, addressOf } = parts
  const app = new Hono<AccessEnv>()
  app.get('/sign-in', async (c, next) => {
    const token = c.req.query('token')
    // Without one it is a page like any other: whoever is not signed in is asked to.
    if (token === undefined) return next()
    c.header('cache-control', 'no-store')
    // Whoever only looks where a link leads has not opened it.
    if (c.req.raw.method === 'HEAD') return c.body(null)
    const secret = newSecret()
    const [used] = await database.verb<{ person: string; first: boolean }>(
      'select person, first from use_sign_in_link($1, $2, $3, $4)',
      [hashOf(token), hashOf(secret), c.req.header('user-agent') ?? null, addressOf(c)],
    )
    if (used === undefined) {
      const before = cookie.get(c)
      if (before !== undefined && (await callers.of(before)) !== undefined)
        return c.redirect('/', 303)
      return c.html(
        page(
          'This link has been used',
          'A sign-in link works once, and again for a few minutes. Ask an administrator for another one, or make it on the machine that runs Holdpoint:',
          'npx holdpoint sign-in',
        ),
        401,
      )
    }
    cookie.set(c, secret)
    if (used.first && used.person === firstPerson) void firstLink.make()
    // So that the token leaves the address bar and the history.
    return c.redirect('/', 303)
  })
  return app
}

/** For whoever is signed in: `GET /api/session` says in which session, `POST /api/sign-out` ends it. */
export function sessionRoutes({ database, callers, cookie }: SignIn): Hono<AccessEnv> {
  const app = new Hono<AccessEnv>()
  app.get('/session', (c) => {
    const { session } = c.get('caller')
    if (session === undefined) throw problem('FORBIDDEN', 'A token has no session.')
    c.header('cache-control', 'no-store')
    return c.json({ session } satisfies OwnSession)
  })
  app.post('/sign-out', async (c) => {
    const { session, actor } = c.get('caller')
    const secret = cookie.get(c)
    if (session === undefined || secret === undefined)
      throw problem('FORBIDDEN', 'A token is revoked, not signed out.')
    await database.verb('select end_sign_in($1, $2)', [session, actor])
    callers.forget(secret)
    cookie.drop(c)
    return c.json({ signedOut: true })
  })
  return app
}
