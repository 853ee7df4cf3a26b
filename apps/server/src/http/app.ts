import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'

import { auditExportRoute } from '../audit/export.ts'
import type { Database } from '../database/database.ts'
import { problem } from '../database/problem.ts'
import { sharesOf } from '../database/shares.ts'
import { historyExportRoute } from '../history/summary/export.ts'
import type { Live } from '../live/frames.ts'
import { streamRoutes } from '../live/stream.ts'
import type { IdentityProvider } from '../operators/identity-provider.ts'
import type { Outbound, SystemFacts, WaysIn } from '../trpc/procedure.ts'
import { type AccessEnv, refuseOtherSites, requireCaller, requireOwnHost } from './access.ts'
import type { AddressOf } from './address.ts'
import { answer, answerError } from './answer-error.ts'
import type { Callers } from './callers.ts'
import { consoleRoutes } from './console.ts'
import { sessionCookie } from './cookie.ts'
import type { FirstLink } from './first-link.ts'
import { securityHeaders } from './headers.ts'
import { healthRoute } from './healthz.ts'
import { identityRoutes } from './identity-route.ts'
import { passwordRoute } from './password-route.ts'
import { signInWaysRoute } from './sign-in-ways.ts'
import { sessionRoutes, signInRoute } from './sign-in.ts'
import { trpcServer } from './trpc-route.ts'

export interface AppParts {
  readonly database: Database
  readonly live: Live
  readonly callers: Callers
  readonly firstLink: FirstLink
  readonly signInUrl: (secret: string) => string
  /** Where people reach this server; known once it listens. */
  readonly url: () => string
  /** Where people may sign in, too. */
  readonly provider: IdentityProvider | undefined
  readonly waysIn: () => WaysIn
  readonly addressOf: AddressOf
  readonly system: SystemFacts
  readonly outbound: Outbound
  readonly webRoot: string
  /** Names besides those of this machine under which people reach the server. */
  readonly hostNames: readonly string[]
  /** With its port: what a browser calls us when a proxy gives us another Host. */
  readonly publicHost: string | undefined
  readonly log: (line: string) => void
}

const mostBodyBytes = 512 * 1024

export type App = Hono<AccessEnv>

/** All that the server answers. Order matters: whose server, who asks, may they, then what. */
export function createApp(parts: AppParts): App {
  const app: App = new Hono()
  const cookie = sessionCookie(parts.url)
  const signIn = { ...parts, cookie }
  const shareOf = sharesOf(parts.database)
  const limited = bodyLimit({ maxSize: mostBodyBytes, onError: refuseLarge })
  app.onError(answerError(parts.log))
  app.notFound((c) => answer(c, problem('NOT_FOUND')))
  app.use(securityHeaders(parts.url))
  app.use(requireOwnHost(parts.hostNames))
  app.route('/', healthRoute(parts))
  app.route('/', signInRoute(signIn))
  if (parts.provider !== undefined) {
    const { provider, outbound } = parts
    app.route('/', identityRoutes({ ...signIn, provider, seal: outbound.seal }))
  }
  // Whoever is not signed in yet may try to, from our own pages.
  app.use('/api/sign-in', refuseOtherSites(parts.publicHost), limited)
  app.route('/api', passwordRoute(signIn))
  app.route('/api', signInWaysRoute(parts))
  for (const path of ['/api/*', '/trpc/*'] as const) {
    app.use(path, requireCaller(parts.callers, cookie), refuseOtherSites(parts.publicHost))
    app.use(path, limited)
  }
  app.route('/api/stream', streamRoutes(parts.live, parts.database))
  app.route('/api/audit', auditExportRoute(shareOf, parts.log))
  app.route('/api/history', historyExportRoute(shareOf))
  app.route('/api', sessionRoutes(signIn))
  app.all('/trpc/*', trpcServer({ ...parts, shareOf }))
  app.all('/api/*', (c) => answer(c, problem('NOT_FOUND')))
  app.route('/', consoleRoutes(parts.webRoot))
  return app
}

function refuseLarge(c: Context): Response {
  // The rest of it is not read, so nothing else can come on this connection.
  c.header('connection', 'close')
  return answer(
    c,
    problem('TOO_LARGE', `A request is at most ${mostBodyBytes / 1024} KiB; nothing was done.`),
  )
}
