import { Hono } from 'hono'
import { z } from 'zod'

import {
  announceFile,
  type ExportEnv,
  exportName,
  exportQuestion,
  ExportRoom,
} from '../../audit/export-request.ts'
import type { ShareOf } from '../../database/shares.ts'
import { agentId } from '../../trpc/procedure.ts'
import { requireWindow, windowOf } from '../moment.ts'
import { type Bounds, type Facts, readSummary } from './read-summary.ts'
import { summaryText } from './summary-text.ts'

/** Of a file. A page has less. */
const most: Bounds = { rows: 20_000, runs: 200_000 }

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
export function historyExportRoute(shareOf: ShareOf): Hono<ExportEnv> {
  const app = new Hono<ExportEnv>()
  const room = new ExportRoom()
  app.get('/export', async (c) => {
    const { format: name, from, to, agents } = exportQuestion(c, question)
    requireWindow({ from, to })
    const leave = room.enter()
    try {
      const database = shareOf(c.get('caller').person)
      const facts = await readSummary(database, { from, to, agents: agents ?? null }, most)
      const { contentType, write } = formats[name]
      announceFile(c, contentType, exportName('incident', facts.from, name))
      return c.body(write(facts))
    } finally {
      leave()
    }
  })
  return app
}
