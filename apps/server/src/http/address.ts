import type { Context } from 'hono'

import type { AccessEnv } from './access.ts'

/** Where a request came from: what is throttled, and what the log keeps of a sign-in. */
export const addressOf = (c: Context<AccessEnv>): string | null =>
  c.env.incoming.socket.remoteAddress ?? null
