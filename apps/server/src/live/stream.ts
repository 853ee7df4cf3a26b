import { isUuid, type RunId } from '@holdpoint/protocol'
import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { type Context, Hono } from 'hono'

import type { Database } from '../database/database.ts'
import { problem } from '../database/problem.ts'
import type { Caller } from '../trpc/procedure.ts'
import type { Live } from './frames.ts'
import type { Viewer } from './viewer.ts'

/** Open streams that one server carries; a browser holds one or two. */
const mostViewers = 2_000

/** How often a stream asks whether its viewer is still signed in, in ms. */
const recheckMs = 500

interface Env {
  Bindings: HttpBindings
  Variables: { caller: Caller; stillSignedIn: () => boolean }
}

/** The event streams. Who asks is decided before this; to be let in takes the same scope as a question. */
export function streamRoutes(live: Live, database: Database): Hono<Env> {
  const app = new Hono<Env>()
  app.use(async (c, next) => {
    if (c.get('caller').scopes.includes('read')) return next()
    throw problem('FORBIDDEN', 'This needs the scope "read", which you do not have.')
  })
  // Asked for its head alone, a stream would never end.
  app.use(async (c, next) => (c.req.raw.method === 'HEAD' ? c.body(null) : next()))
  app.get('/fleet', (c) => {
    refuseTooMany(live)
    const out = open(c)
    out.write(live.healthNow())
    const viewer = live.fleet.watch(out, positionOf(c))
    return opened(c, viewer, () => live.fleet.leave(viewer))
  })
  app.get('/runs/:id', async (c) => {
    const id = c.req.param('id').toLowerCase()
    if (!isUuid(id)) throw problem('RUN_NOT_FOUND')
    refuseTooMany(live)
    await refuseUnknown(database, id)
    const out = open(c)
    out.write(live.healthNow())
    const { viewer, leave } = live.runs.watch(out, id as RunId, positionOf(c))
    return opened(c, viewer, leave)
  })
  return app
}

function refuseTooMany(live: Live): void {
  if (live.viewers < mostViewers) return
  throw problem('UNAVAILABLE', 'This server carries too many open streams.', 'Close other pages.')
}

async function refuseUnknown(database: Database, id: string): Promise<void> {
  const found = await database
    .read('select from workflow_checkpoints where workflow_id = $1', [id])
    // While the database is down the stream opens and its health says so.
    .catch(() => [undefined])
  if (found.length === 0) throw problem('RUN_NOT_FOUND')
}

/** A browser that reconnects by itself sends Last-Event-ID; a page that comes back asks by ?position=. */
const positionOf = (c: Context<Env>): string | undefined =>
  c.req.header('last-event-id') ?? (c.req.query('position') || undefined)

function open(c: Context<Env>): HttpBindings['outgoing'] {
  const { outgoing } = c.env
  outgoing.socket?.setNoDelay(true)
  outgoing.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
  })
  return outgoing
}

function opened(c: Context<Env>, viewer: Viewer, leave: () => void): Response {
  const { outgoing } = c.env
  const stillSignedIn = c.get('stillSignedIn')
  const recheck = setInterval(() => {
    if (!stillSignedIn()) viewer.close()
  }, recheckMs)
  outgoing.on('close', () => {
    clearInterval(recheck)
    leave()
  })
  // Hung up while the run was looked for: 'close' has been and gone.
  if (outgoing.destroyed) outgoing.emit('close')
  if (viewer.state === 'gone') outgoing.end()
  return RESPONSE_ALREADY_SENT
}
