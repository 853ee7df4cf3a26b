import type { SignInRow } from '@holdpoint/protocol'
import { z } from 'zod'

import { problem } from '../database/problem.ts'
import { adminQuery, id, ownVerb, query, verb } from '../trpc/procedure.ts'
import { person } from './input.ts'
import { isOpen } from './open-session.ts'

const columns = `session_id as id, operator as name, method, user_agent as "userAgent", address, began_at as "beganAt",
  last_seen_at as "lastSeenAt", expires_at as "expiresAt"`

/** Everyone's open sessions, last used first. */
export const sessions = adminQuery.query(async ({ ctx }): Promise<SignInRow[]> =>
  ctx.database.read<SignInRow>(
    `select ${columns}, session_id::text = $1 as own from operator_sessions s
       where ${isOpen('s')} order by last_seen_at desc limit 500`,
    [ctx.caller.session ?? null],
  ),
)

/** One's own, for whoever is signed in. */
export const ownSessions = query.query(async ({ ctx }): Promise<SignInRow[]> =>
  ctx.database.read<SignInRow>(
    `select ${columns}, session_id::text = $1 as own from operator_sessions s
       where ${isOpen('s')} and 'operator:' || operator = $2 order by last_seen_at desc limit 100`,
    [ctx.caller.session ?? null, ctx.caller.actor],
  ),
)

/** Ends a session, and its streams with it. */
export const endSession = verb('administer')
  .input(z.object({ id: id<string>() }))
  .mutation(async ({ ctx, input }) => {
    await ctx.database.verb('select end_sign_in($1, $2)', [input.id, ctx.caller.actor])
    return { id: input.id }
  })

/** Ends all sessions of a person but the one that asks, and what links there are. */
export const endSessions = verb('administer')
  .input(z.object({ name: person }))
  .mutation(async ({ ctx, input }) => {
    const [ended] = await ctx.database.verb<{ n: number }>('select end_sign_ins($1, $2, $3) as n', [
      input.name,
      ctx.caller.actor,
      ctx.caller.session ?? null,
    ])
    return { ended: ended?.n ?? 0 }
  })

/** Ends one of one's own. */
export const endOwn = ownVerb
  .input(z.object({ id: id<string>() }))
  .mutation(async ({ ctx, input }) => {
    const own = await ctx.database.read(
      'select from operator_sessions where session_id = $1 and operator = $2',
      [input.id, ctx.person],
    )
    if (own.length === 0) throw problem('FORBIDDEN', 'This session is not yours.')
    await ctx.database.verb('select end_sign_in($1, $2)', [input.id, ctx.caller.actor])
    return { id: input.id }
  })

/** Signs oneself out everywhere else. */
export const endOthers = ownVerb.mutation(async ({ ctx }) => {
  const [ended] = await ctx.database.verb<{ n: number }>('select end_sign_ins($1, $2, $3) as n', [
    ctx.person,
    ctx.caller.actor,
    ctx.session,
  ])
  return { ended: ended?.n ?? 0 }
})
