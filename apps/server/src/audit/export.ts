import { Hono } from 'hono'
import { z } from 'zod'

import type { Database } from '../database/database.ts'
import { problem } from '../database/problem.ts'
import type { Caller } from '../trpc/procedure.ts'
import { exportFormats } from './export-format.ts'
import { exportPages, pinned } from './export-pages.ts'
import { auditFilter, auditOrder } from './filter.ts'

/** Exports that one server writes at a time: each keeps the database at work for as long as it lasts. */
const mostExports = 3
/** Someone who takes nothing for this long (ms) keeps others waiting for nothing. */
const mostWaitMs = 60_000

interface Env {
  Variables: { caller: Caller; stillSignedIn: () => boolean }
}

const question = auditFilter.extend({
  late: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
  order: auditOrder.default('newest'),
  format: z.enum(['csv', 'json']),
})

/**
 * The log as a file: all rows of a filter, not only those that a page shows. Who is signed in is decided before
 * this; to be let in takes the same scope as a question.
 */
export function auditExportRoute(database: Database, log: (line: string) => void): Hono<Env> {
  const app = new Hono<Env>()
  let running = 0
  app.get('/export', async (c) => {
    if (!c.get('caller').scopes.includes('read')) {
      throw problem('FORBIDDEN', 'This needs the scope "read", which you do not have.')
    }
    const { format: name, order, ...wanted } = parsed(c.req.query())
    const format = exportFormats[name]
    if (running >= mostExports) {
      throw problem(
        'UNAVAILABLE',
        `This server writes ${mostExports} exports already.`,
        'Try again when one of them has ended.',
      )
    }
    const { filter, at } = await pinned(database, wanted)
    const pages = exportPages(database, format, { filter, order }, { at, order, filter })
    // What cannot be read at all is refused in words, before anything of a file is sent.
    const first = await pages.next()
    c.header('content-type', format.contentType)
    c.header('content-disposition', `attachment; filename="${fileName(at, name)}"`)
    c.header('cache-control', 'no-store, no-transform')
    // Asked for its head alone, nobody would ever read the rest.
    if (c.req.raw.method === 'HEAD') return c.body(null)
    running += 1
    const end = () => {
      running -= 1
    }
    return c.body(streamOf(first, pages, { stillSignedIn: c.get('stillSignedIn'), end, log }))
  })
  return app
}

function parsed(query: Record<string, string>): z.output<typeof question> {
  const { success, data, error } = question.safeParse(query)
  if (success) return data
  const said = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw problem('BAD_REQUEST', said.join('; '))
}

const fileName = (at: string, format: string): string =>
  `holdpoint-audit-${at.slice(0, 19).replaceAll(':', '')}Z.${format}`

type Pieces = AsyncGenerator<string, void>
type Piece = IteratorResult<string, void>

interface Writing {
  readonly stillSignedIn: () => boolean
  readonly end: () => void
  readonly log: (line: string) => void
}

/**
 * Reads a page when the one before has been taken. What fails on the way breaks the connection: the file lacks its
 * end, and the browser says so too.
 */
function streamOf(
  first: Piece,
  pages: Pieces,
  { stillSignedIn, end, log }: Writing,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let next: Piece | undefined = first
  let waiting: NodeJS.Timeout | undefined
  const ended = () => {
    clearTimeout(waiting)
    end()
  }
  const fail = (controller: ReadableStreamDefaultController<Uint8Array>, why: string) => {
    ended()
    log(`an export of the audit log broke off: ${why}`)
    controller.error(new Error(why))
  }
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        clearTimeout(waiting)
        try {
          if (!stillSignedIn()) throw new Error('signed out')
          const page = next ?? (await pages.next())
          next = undefined
          if (page.done === true) {
            ended()
            return controller.close()
          }
          controller.enqueue(encoder.encode(page.value))
          waiting = setTimeout(() => fail(controller, 'nobody took it'), mostWaitMs)
        } catch (error) {
          fail(controller, String(error))
        }
      },
      async cancel() {
        ended()
        await pages.return(undefined)
      },
    },
    { highWaterMark: 0 },
  )
}
