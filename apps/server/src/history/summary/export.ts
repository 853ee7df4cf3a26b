import { Hono } from 'hono'
import { z } from 'zod'

import type { Database } from '../../database/database.ts'
import { problem } from '../../database/problem.ts'
import { agentId, type Caller } from '../../trpc/procedure.ts'
import { requireWindow, windowOf } from '../moment.ts'
import { type Bounds, type Facts, readSummary } from './read-summary.ts'
import { summaryText } from './summary-text.ts'

interface Env {
  Variables: { caller: Caller }
}

/** Of a file. A page has less. */
const most: Bounds = { rows: 20_000, runs: 200_000 }
/** Files that one server writes at a time. */
const mostExports = 3

const question = z.object({
  ...windowOf,
  format: z.enum(['md', 'json']),
  agents: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(agentId).min(1).max(100))
    .optional(),
})

/** How a file ends that is whole: what ends otherwise was cut off. */
const formats = {
  md: {
    contentType: 'text/markdown; charset=utf-8',
    write: (facts: Facts) => `${summaryText(facts)}\n<!-- complete -->\n`,
  },
  json: {
    contentType: 'application/json; charset=utf-8',
    write: (facts: Facts) => `${JSON.stringify({ ...facts, complete: true }, null, 2)}\n`,
  },
} as const

/** What happened in a window as a file: the summary of the page, with lists a hundred times as long. */
export function historyExportRoute(database: Database): Hono<Env> {
  const app = new Hono<Env>()
  let running = 0
  app.get('/export', async (c) => {
    if (!c.get('caller').scopes.includes('read')) {
      throw problem('FORBIDDEN', 'This needs the scope "read", which you do not have.')
    }
    const { format: name, from, to, agents } = parsed(c.req.query())
    requireWindow({ from, to })
    if (running >= mostExports) {
      throw problem(
        'UNAVAILABLE',
        `This server writes ${mostExports} exports already.`,
        'Try again when one of them has ended.',
      )
    }
    running += 1
    try {
      const facts = await readSummary(database, { from, to, agents: agents ?? null }, most)
      const { contentType, write } = formats[name]
      c.header('content-type', contentType)
      c.header('content-disposition', `attachment; filename="${fileName(facts.from, name)}"`)
      c.header('cache-control', 'no-store, no-transform')
      return c.body(write(facts))
    } finally {
      running -= 1
    }
  })
  return app
}

function parsed(query: Record<string, string>): z.output<typeof question> {
  const { success, data, error } = question.safeParse(query)
  if (success) return data
  const said = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw problem('BAD_REQUEST', said.join('; '))
}

const fileName = (from: string, format: string): string =>
  `holdpoint-incident-${new Date(from).toISOString().slice(0, 19).replaceAll(':', '')}Z.${format}`
