import type { Context } from 'hono'
import type { z } from 'zod'

import { problem } from '../database/problem.ts'
import type { Caller } from '../trpc/procedure.ts'

/** Files of a kind that one server writes at a time: each keeps the database at work for as long as it lasts. */
const mostExports = 3

export interface ExportEnv {
  Variables: { caller: Caller; stillSignedIn: () => boolean }
}

/**
 * What a request for a file asks for. To be let in takes the same scope as a question.
 * @throws Problem FORBIDDEN without the scope "read", BAD_REQUEST with every fault of the question
 */
export function exportQuestion<S extends z.ZodType>(
  c: Context<ExportEnv>,
  question: S,
): z.output<S> {
  if (!c.get('caller').scopes.includes('read')) {
    throw problem('FORBIDDEN', 'This needs the scope "read", which you do not have.')
  }
  const { success, data, error } = question.safeParse(c.req.query())
  if (success) return data
  const said = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw problem('BAD_REQUEST', said.join('; '))
}

/** Counts the files of one kind that are being written. */
export class ExportRoom {
  #running = 0

  /**
   * @returns what is to be called, once, when the file has ended
   * @throws Problem UNAVAILABLE while too many are being written
   */
  enter(): () => void {
    if (this.#running >= mostExports) {
      throw problem(
        'UNAVAILABLE',
        `This server writes ${mostExports} exports already.`,
        'Try again when one of them has ended.',
      )
    }
    this.#running += 1
    return () => {
      this.#running -= 1
    }
  }
}

/** Of a file that is to be kept, and is no page: complete when it ends as its format ends. */
export function announceFile(c: Context<ExportEnv>, contentType: string, name: string): void {
  c.header('content-type', contentType)
  c.header('content-disposition', `attachment; filename="${name}"`)
  c.header('cache-control', 'no-store, no-transform')
}

/** `holdpoint-audit-2026-11-20T031207Z.csv` */
export const exportName = (what: string, at: string, ending: string): string =>
  `holdpoint-${what}-${new Date(at).toISOString().slice(0, 19).replaceAll(':', '')}Z.${ending}`
