import { Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'

import { problem } from '../database/problem.ts'
import type { AccessEnv } from './access.ts'
import { page } from './page.ts'
import { type Sessions, sessionMs } from './sessions.ts'
import type { SignInLinks } from './sign-in-links.ts'

interface SignIn {
  readonly sessions: Sessions
  readonly links: SignInLinks
  /** Over https cookies are kept to https. */
  readonly secure: boolean
  /** Makes a link, hands it to whoever keeps it, and returns it. */
  readonly freshLink: () => string
}

/** `GET /sign-in?token=…`: the link that the terminal shows. */
export function signInRoute({ sessions, links, secure, freshLink }: SignIn): Hono {
  const app = new Hono()
  app.get('/sign-in', (c) => {
    c.header('cache-control', 'no-store')
    // Whoever only looks where a link leads has not opened it.
    if (c.req.raw.method === 'HEAD') return c.body(null)
    const used = links.use(c.req.query('token') ?? '')
    if (used === 'refused') {
      if (sessions.valid(getCookie(c, sessions.cookieName))) return c.redirect('/', 303)
      return c.html(
        page(
          'This link has been used',
          'A sign-in link works once, and again for a few minutes. Make another one on the machine that runs Holdpoint:',
          'npx holdpoint sign-in',
        ),
        401,
      )
    }
    // Lax: the link may be opened from a terminal or from another site, and the page it leads to must know us.
    setCookie(c, sessions.cookieName, sessions.begin(), {
      httpOnly: true,
      sameSite: 'Lax',
      secure,
      path: '/',
      maxAge: sessionMs / 1000,
    })
    if (used === 'first') freshLink()
    // So that the token leaves the address bar and the history.
    return c.redirect('/', 303)
  })
  return app
}

/** `POST /api/sign-out` and `POST /api/sign-in-link`, for callers that were let in. */
export function sessionRoutes({ sessions, secure, freshLink }: SignIn): Hono<AccessEnv> {
  const app = new Hono<AccessEnv>()
  app.post('/sign-out', (c) => {
    sessions.end(getCookie(c, sessions.cookieName))
    deleteCookie(c, sessions.cookieName, { path: '/', secure })
    return c.json({ signedOut: true })
  })
  app.post('/sign-in-link', (c) => {
    if (c.get('by') !== 'token')
      throw problem('FORBIDDEN', 'Only the API token makes sign-in links.')
    return c.json({ url: freshLink() })
  })
  return app
}
