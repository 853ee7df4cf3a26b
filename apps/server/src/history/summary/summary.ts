import type { IncidentSummary } from '@holdpoint/protocol'
import { z } from 'zod'

import { agentId, query } from '../../trpc/procedure.ts'
import { requireWindow, windowOf } from '../moment.ts'
import { type Bounds, readSummary } from './read-summary.ts'
import { summaryText } from './summary-text.ts'

/** Of a screen. An export has more. */
const most: Bounds = { rows: 200, runs: 20_000 }

/** What happened in a window: which runs stopped and why, who did what, what was asked and answered. */
export const summary = query
  .input(z.object({ ...windowOf, agents: z.array(agentId).max(100).optional() }))
  .query(async ({ ctx, input }): Promise<IncidentSummary> => {
    requireWindow(input)
    const facts = await readSummary(
      ctx.database,
      { from: input.from, to: input.to, agents: input.agents ?? null },
      most,
    )
    return { ...facts, text: summaryText(facts) }
  })
