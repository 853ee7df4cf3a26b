import type { Health, Instant } from '@holdpoint/protocol'

/**
 * How fresh a stream is. Only `live` may be shown in green with clocks that tick; every other phase
 * says what is wrong and since when. `since` is this machine's clock (ms since the epoch).
 */
export type Connection =
  | { readonly phase: 'connecting' }
  | { readonly phase: 'live'; readonly lagMs: number }
  | {
      readonly phase: 'catching-up'
      readonly because: 'lag' | 'database-down'
      readonly lagMs: number
      readonly asOf: Instant | null
    }
  | { readonly phase: 'disconnected'; readonly since: number; readonly attempt: number }
  | { readonly phase: 'missing' }
  | { readonly phase: 'signed-out' }

export type Signal =
  | { readonly type: 'health'; readonly health: Health }
  /** A snapshot or a frame arrived: data flows, its freshness is what health says. */
  | { readonly type: 'data' }
  | { readonly type: 'silence'; readonly at: number }
  | { readonly type: 'failed'; readonly at: number }
  | { readonly type: 'not-found' }
  | { readonly type: 'unauthenticated' }

/** Without a message for this long (ms) a stream counts as disconnected: health comes each second. */
export const silenceAfterMs = 3000
/** Lag (ms) at which we stop calling it live, and at which we call it live again. */
const lagging = 1500
const caughtUp = 750

export const initialConnection: Connection = { phase: 'connecting' }

function judged(connection: Connection, health: Health): Connection {
  const { lagMs, asOf } = health
  if (health.database === 'down')
    return { phase: 'catching-up', because: 'database-down', lagMs, asOf }
  const limit = connection.phase === 'catching-up' ? caughtUp : lagging
  return lagMs > limit
    ? { phase: 'catching-up', because: 'lag', lagMs, asOf }
    : { phase: 'live', lagMs }
}

function broken(connection: Connection, at: number): Connection {
  return connection.phase === 'disconnected'
    ? { ...connection, attempt: connection.attempt + 1 }
    : { phase: 'disconnected', since: at, attempt: 1 }
}

/** The next phase. Pure: the feed owns sockets and timers and only reports what happened. */
export function nextConnection(connection: Connection, signal: Signal): Connection {
  switch (signal.type) {
    case 'health':
      return judged(connection, signal.health)
    case 'data':
      return connection
    case 'silence':
    case 'failed':
      return broken(connection, signal.at)
    case 'not-found':
      return { phase: 'missing' }
    case 'unauthenticated':
      return { phase: 'signed-out' }
  }
}

/** Milliseconds before attempt n (from 1): doubling from 0.4 s to 10 s, each between half and all of it. */
export function backoffMs(attempt: number, random: number): number {
  const ceiling = Math.min(10_000, 400 * 2 ** (attempt - 1))
  return Math.round(ceiling * (0.5 + random / 2))
}
