import { eventJson } from '@holdpoint/db'
import type { RunEvent, RunId } from '@holdpoint/protocol'
import { z } from 'zod'

import { id, limit, query } from '../trpc/procedure.ts'

/** A stretch of a run's history, ascending: after a sequence, else before one, else the newest. */
export const events = query
  .input(
    z.object({
      id: id<RunId>(),
      before: z.number().int().optional(),
      after: z.number().int().optional(),
      limit: limit(1000, 200),
    }),
  )
  .query(async ({ ctx, input }): Promise<{ events: readonly RunEvent[] }> => {
    const forward = input.after !== undefined
    const rows = await ctx.database.read<{ event: RunEvent }>(
      `select (${eventJson('e')})::json as event from run_events e
       where e.workflow_id = $1 and e.seq > $2 and e.seq < $3
       order by e.seq ${forward ? 'asc' : 'desc'} limit $4`,
      [input.id, input.after ?? 0, input.before ?? Number.MAX_SAFE_INTEGER, input.limit],
    )
    const events = rows.map(({ event }) => event)
    return { events: forward ? events : events.toReversed() }
  })
