import type { HttpBindings } from '@hono/node-server'
import type { MiddlewareHandler } from 'hono'

import { problem } from '../database/problem.ts'
import type { Caller } from '../trpc/procedure.ts'
import type { Callers } from './callers.ts'
import type { SessionCookie } from './cookie.ts'

export interface AccessEnv {
  Bindings: HttpBindings
  Variables: {
    caller: Caller
    by: 'session' | 'token'
    /** False once the session has ended; a stream lives longer than the request that opened it. */
    stillSignedIn: () => boolean
  }
}

/** What only looks. */
const safe = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Lets in who is signed in or carries an API token; everyone else is told to sign in. */
export function requireCaller(
  callers: Callers,
  cookie: SessionCookie,
): MiddlewareHandler<AccessEnv> {
  return async (c, next) => {
    const bearer = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
    const secret = bearer ?? cookie.get(c)
    const toLook = safe.has(c.req.method)
    const known = secret === undefined ? undefined : await callers.of(secret, toLook)
    // A cookie's secret is no token, nor a token a cookie: each comes with the checks for its own way.
    if (known === undefined || known.by !== (bearer === undefined ? 'session' : 'token')) {
      throw problem(
        'UNAUTHENTICATED',
        ...(bearer === undefined ? [] : ['This token is not valid.']),
      )
    }
    c.set('caller', known.caller)
    c.set('by', known.by)
    c.set('stillSignedIn', known.stillIn)
    return next()
  }
}

const ourHeader = 'x-holdpoint'

/**
 * Another site can make a browser send our cookie, but it can neither set our header nor forge its origin.
 * A stream is no command, but another site has no business opening one: over http browsers do not say where a question
 * comes from, but they name the origin of whoever wants to read the answer.
 */
export const refuseOtherSites =
  (publicHost: string | undefined): MiddlewareHandler<AccessEnv> =>
  async (c, next) => {
    const site = c.req.header('sec-fetch-site')
    if (site === 'cross-site' || site === 'same-site') {
      throw problem('FORBIDDEN', 'Another site asked for this.')
    }
    const looks = safe.has(c.req.method)
    if (!looks && c.req.header(ourHeader) !== '1') {
      throw problem('FORBIDDEN', `Commands carry the header ${ourHeader}: 1.`)
    }
    const origin = c.req.header('origin')
    const from = origin === undefined ? undefined : hostOf(origin)
    const own =
      from !== undefined && (from === c.req.header('host')?.toLowerCase() || from === publicHost)
    if (!own && (origin !== undefined || !(looks || c.get('by') === 'token'))) {
      throw problem('FORBIDDEN', 'Another site asked for this.')
    }
    if (looks) return next()
    const type = c.req.header('content-type')
    if (type === undefined ? hasBody(c.req.raw) : !/^application\/json\s*(;|$)/i.test(type)) {
      throw problem('BAD_REQUEST', 'Commands are JSON: send content-type application/json.')
    }
    return next()
  }

function hostOf(origin: string): string | undefined {
  try {
    return new URL(origin).host
  } catch {
    return undefined
  }
}

const hasBody = (request: Request): boolean =>
  request.headers.has('transfer-encoding') || Number(request.headers.get('content-length') ?? 0) > 0

/**
 * A page elsewhere can point a name of its own at this machine (DNS rebinding) and would then be our
 * origin; so only names that we know as ours are answered.
 */
export function requireOwnHost(names: readonly string[]): MiddlewareHandler {
  const own = new Set([
    'localhost',
    '127.0.0.1',
    '[::1]',
    ...names.map((name) => name.toLowerCase()),
  ])
  return async (c, next) => {
    const name = (c.req.header('host') ?? '').toLowerCase().replace(/:\d+$/, '')
    if (own.has(name)) return next()
    throw problem(
      'FORBIDDEN',
      'This server is not known by that name.',
      'Set HOLDPOINT_PUBLIC_URL to the address that people use.',
    )
  }
}
