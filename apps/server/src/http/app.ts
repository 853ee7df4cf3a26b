import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'

import { auditExportRoute } from '../audit/export.ts'
import type { Database } from '../database/database.ts'
import { problem } from '../database/problem.ts'
import { historyExportRoute } from '../history/summary/export.ts'
import type { Live } from '../live/frames.ts'
import { streamRoutes } from '../live/stream.ts'
import type { Outbound, SystemFacts } from '../trpc/procedure.ts'
import { type AccessEnv, refuseOtherSites, requireCaller, requireOwnHost } from './access.ts'
import { answer, answerError } from './answer-error.ts'
import { consoleRoutes } from './console.ts'
import { securityHeaders } from './headers.ts'
import { healthRoute } from './healthz.ts'
import { Sessions } from './sessions.ts'
import type { SignInLinks } from './sign-in-links.ts'
import { sessionRoutes, signInRoute } from './sign-in.ts'
import { trpcServer } from './trpc-route.ts'

export interface AppParts {
  readonly database: Database
  readonly live: Live
  readonly links: SignInLinks
  readonly freshLink: () => string
  readonly system: SystemFacts
  readonly outbound: Outbound
  readonly webRoot: string
  readonly cookieSecret: string
  readonly apiToken: string
  readonly secure: boolean
  /** Names besides those of this machine under which people reach the server. */
  readonly hostNames: readonly string[]
  /** With its port: what a browser calls us when a proxy gives us another Host. */
  readonly publicHost: string | undefined
  readonly log: (line: string) => void
}

const mostBodyBytes = 512 * 1024

export type App = Hono<AccessEnv & { Bindings: HttpBindings }>

/** All that the server answers. Order matters: whose server, who asks, may they, then what. */
export function createApp(parts: AppParts): App {
  const app: App = new Hono()
  const sessions = new Sessions(parts.cookieSecret)
  const signIn = { ...parts, sessions }
  app.onError(answerError(parts.log))
  app.notFound((c) => answer(c, problem('NOT_FOUND')))
  app.use(securityHeaders)
  app.use(requireOwnHost(parts.hostNames))
  app.route('/', healthRoute(parts))
  app.route('/', signInRoute(signIn))
  for (const path of ['/api/*', '/trpc/*'] as const) {
    app.use(path, requireCaller(sessions, parts.apiToken), refuseOtherSites(parts.publicHost))
    app.use(path, bodyLimit({ maxSize: mostBodyBytes, onError: refuseLarge }))
  }
  app.route('/api/stream', streamRoutes(parts.live, parts.database))
  app.route('/api/audit', auditExportRoute(parts.database, parts.log))
  app.route('/api/history', historyExportRoute(parts.database))
  app.route('/api', sessionRoutes(signIn))
  app.all('/trpc/*', trpcServer(parts))
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
