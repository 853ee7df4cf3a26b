import { type Context, Hono } from 'hono'

import type { Database } from '../database/database.ts'
import { problemFrom } from '../database/problem.ts'
import type { Seal } from '../database/seal.ts'
import { newSecret } from '../database/secrets.ts'
import { type IdentityProvider, NoIdentityError } from '../operators/identity-provider.ts'
import { signInWithIdentity } from '../operators/sign-in-with-identity.ts'
import type { AccessEnv } from './access.ts'
import type { AddressOf } from './address.ts'
import { attemptCookie } from './attempt-cookie.ts'
import type { SessionCookie } from './cookie.ts'
import { refusals, type Refusal, type Refused } from './identity-refusals.ts'
import { page } from './page.ts'

interface Parts {
  readonly database: Database
  readonly cookie: SessionCookie
  readonly addressOf: AddressOf
  readonly url: () => string
  readonly seal: Seal
  readonly provider: IdentityProvider
  readonly log: (line: string) => void
}

export const identityPath = '/api/sign-in/oidc'

/**
 * `GET /api/sign-in/oidc` sends the browser to the provider, which sends it back to `…/callback`. From there it goes to
 * the console, and nowhere else: no part of a request says where to.
 */
export function identityRoutes(parts: Parts): Hono<AccessEnv> {
  const { addressOf, cookie, provider, url } = parts
  const app = new Hono<AccessEnv>()
  const attempts = attemptCookie(url, parts.seal)
  const backTo = (): string => `${url()}${identityPath}/callback`
  app.use(`${identityPath}/*`, async (c, next) => {
    c.header('cache-control', 'no-store')
    // Whoever only looks where an address leads has not opened it.
    if (c.req.raw.method === 'HEAD') return c.body(null)
    return next()
  })
  app.get(identityPath, async (c) => {
    const attempt = { state: newSecret(), nonce: newSecret(), verifier: newSecret() }
    try {
      const there = await provider.addressFor(attempt, backTo())
      attempts.set(c, attempt)
      return c.redirect(there.href, 303)
    } catch (error) {
      return refuse(c, parts, error)
    }
  })
  app.get(`${identityPath}/callback`, async (c) => {
    const attempt = attempts.take(c)
    const query = new URL(c.req.url).search
    // Not the answer to what this browser asked: nobody is asked about it.
    if (attempt === undefined || c.req.query('state') !== attempt.state)
      return show(c, refusals.stale(about(provider)))
    try {
      await parts.database.verb('select may_try_identity($1)', [addressOf(c)])
      const identity = await provider.whoCame(new URL(backTo() + query), attempt)
      const secret = newSecret()
      const why = await signInWithIdentity(parts.database, {
        ...identity,
        state: attempt.state,
        secret,
        userAgent: c.req.header('user-agent') ?? null,
        address: addressOf(c),
      })
      if (why !== null) return show(c, refusals[why](about(provider, identity.email)))
      cookie.set(c, secret)
      // So that the code leaves the address bar and the history.
      return c.redirect('/', 303)
    } catch (error) {
      return refuse(c, parts, error)
    }
  })
  return app
}

const about = ({ name }: IdentityProvider, email: string | null = null): Refused => ({
  provider: name,
  // A claim: nothing of it may turn the text around it.
  email: email?.replaceAll(/\p{C}/gu, '').slice(0, 320) ?? null,
})

const show = (c: Context, { title, text, status }: Refusal): Response =>
  c.html(page(title, text, undefined, { href: '/', text: 'Back to sign-in' }), status)

/** What was thrown on the way, as a page: this is a browser's navigation. */
async function refuse(
  c: Context<AccessEnv>,
  { addressOf, database, provider, log }: Parts,
  error: unknown,
): Promise<Response> {
  if (error instanceof NoIdentityError) {
    if (error.why !== 'cancelled') log(`Signing in with ${provider.name}: ${error.message}`)
    if (error.why === 'refused')
      await database.verb('select refuse_identity(null, $1, $2)', [error.message, addressOf(c)])
    return show(c, refusals[error.why](about(provider)))
  }
  const known = problemFrom(error)?.body.code
  if (known === 'TOO_MANY_TRIES') return show(c, refusals.tooMany(about(provider)))
  if (known === 'UNAVAILABLE') return show(c, refusals.noDatabase(about(provider)))
  throw error
}
