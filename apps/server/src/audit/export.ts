import { Hono } from 'hono'
import { z } from 'zod'

import type { ShareOf } from '../database/shares.ts'
import { exportFormats } from './export-format.ts'
import { exportPages, pinned } from './export-pages.ts'
import {
  announceFile,
  type ExportEnv,
  exportName,
  exportQuestion,
  ExportRoom,
} from './export-request.ts'
import { auditFilter, auditOrder } from './filter.ts'

/** Someone who takes nothing for this long (ms) keeps others waiting for nothing. */
const mostWaitMs = 60_000

const question = auditFilter.extend({
  late: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
  order: auditOrder.default('newest'),
  format: z.enum(['csv', 'json']),
})

/**
 * The log as a file: all rows of a filter, not only those that a page shows. Who is signed in is decided before this.
 */
export function auditExportRoute(shareOf: ShareOf, log: (line: string) => void): Hono<ExportEnv> {
  const app = new Hono<ExportEnv>()
  const room = new ExportRoom()
  app.get('/export', async (c) => {
    const { format: name, order, ...wanted } = exportQuestion(c, question)
    const format = exportFormats[name]
    // From here on, and not only once there is something to send: those that come at the same time count, too.
    const end = room.enter()
    try {
      const database = shareOf(c.get('caller').person)
      const { filter, at } = await pinned(database, wanted)
      const pages = exportPages(database, format, { filter, order }, { at, order, filter })
      // What cannot be read at all is refused in words, before anything of a file is sent.
      const first = await pages.next()
      announceFile(c, format.contentType, exportName('audit', at, name))
      // Asked for its head alone, nobody would ever read the rest.
      if (c.req.raw.method === 'HEAD') {
        end()
        return c.body(null)
      }
      return c.body(streamOf(first, pages, { stillSignedIn: c.get('stillSignedIn'), end, log }))
    } catch (error) {
      end()
      throw error
    }
  })
  return app
}

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
