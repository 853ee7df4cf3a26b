import { mostInBatch } from '@holdpoint/protocol'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import type { Handler } from 'hono'

import { problem } from '../database/problem.ts'
import type { ShareOf } from '../database/shares.ts'
import type { Live } from '../live/frames.ts'
import type { Context } from '../trpc/procedure.ts'
import { appRouter } from '../trpc/router.ts'
import type { AccessEnv } from './access.ts'
import { answer } from './answer-error.ts'

const tooMany = problem(
  'BAD_REQUEST',
  `A request holds at most ${mostInBatch} questions or commands; nothing was done.`,
  'Send them in several requests.',
)

/** Queries and commands; who asks was settled before. */
export const trpcServer =
  (
    parts: Omit<Context, 'caller' | 'live' | 'database'> & {
      readonly live: Live
      readonly shareOf: ShareOf
    },
  ): Handler<AccessEnv> =>
  async (c) => {
    // Told in words here; what tRPC itself counts is bounded below.
    const asked = new URL(c.req.url).pathname.split(/,|%2c/i).length
    if (asked > mostInBatch) return answer(c, tooMany)
    return fetchRequestHandler({
      endpoint: '/trpc',
      req: c.req.raw,
      router: appRouter,
      // A question that names thousands of runs does not fit a URL; it may come by POST.
      allowMethodOverride: true,
      maxBatchSize: mostInBatch,
      createContext: (): Context => ({
        caller: c.get('caller'),
        database: parts.shareOf(c.get('caller').person),
        system: parts.system,
        outbound: parts.outbound,
        waysIn: parts.waysIn,
        live: () => parts.live.facts,
        signInUrl: parts.signInUrl,
        log: parts.log,
      }),
      responseMeta: () => ({ headers: new Headers({ 'cache-control': 'no-store' }) }),
    })
  }
