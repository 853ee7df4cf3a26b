import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import type { Handler } from 'hono'

import type { ShareOf } from '../database/shares.ts'
import type { Live } from '../live/frames.ts'
import type { Context } from '../trpc/procedure.ts'
import { appRouter } from '../trpc/router.ts'
import type { AccessEnv } from './access.ts'

/** Queries and commands; who asks was settled before. */
export const trpcServer =
  (
    parts: Omit<Context, 'caller' | 'live' | 'database'> & {
      readonly live: Live
      readonly shareOf: ShareOf
    },
  ): Handler<AccessEnv> =>
  async (c) =>
    fetchRequestHandler({
      endpoint: '/trpc',
      req: c.req.raw,
      router: appRouter,
      // A question that names thousands of runs does not fit a URL; it may come by POST.
      allowMethodOverride: true,
      createContext: (): Context => ({
        caller: c.get('caller'),
        database: parts.shareOf(c.get('caller').actor),
        system: parts.system,
        outbound: parts.outbound,
        waysIn: parts.waysIn,
        live: () => parts.live.facts,
        signInUrl: parts.signInUrl,
        log: parts.log,
      }),
      responseMeta: () => ({ headers: new Headers({ 'cache-control': 'no-store' }) }),
    })
