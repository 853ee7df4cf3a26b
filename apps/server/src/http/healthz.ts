import { Hono } from 'hono'

import type { Live } from '../live/frames.ts'
import type { SystemFacts } from '../trpc/procedure.ts'

/** `GET /healthz`, for whatever keeps this process running: 503 while the database cannot be read. */
export function healthRoute({ live, system }: { live: Live; system: SystemFacts }): Hono {
  const app = new Hono()
  app.get('/healthz', (c) => {
    const { database } = live
    c.header('cache-control', 'no-store')
    return c.json(
      {
        status: database === 'up' ? 'ok' : 'degraded',
        database,
        version: system.version,
        startedAt: system.startedAt,
      },
      database === 'up' ? 200 : 503,
    )
  })
  return app
}
