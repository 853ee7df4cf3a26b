import type { RunAt, RunId } from '@holdpoint/protocol'
import { z } from 'zod'

import { id, query } from '../trpc/procedure.ts'
import { lastEventAt, openApprovals } from './as-of.ts'
import { instant, past, wireTime } from './moment.ts'

const at = past('$2')

const run = `
  select ${wireTime(at)} as at, e.state as run, e.seq::float8 as seq,
    (select coalesce(jsonb_agg(jsonb_build_object('approvalId', q.id, 'tool', q.tool, 'target', q.target,
        'changes', q.changes, 'requestedAt', q.requested_at) order by q.requested_at), '[]')
      from ${openApprovals('l', 'e')} q) as "openApprovals"
  from run_lives l cross join lateral ${lastEventAt('l', at)} e
  where l.workflow_id = $1`

/** One run as it was at an instant; null: it had not begun, or there is none of that id. */
export const runAt = query
  .input(z.object({ id: id<RunId>(), at: instant }))
  .query(async ({ ctx, input }): Promise<RunAt | null> => {
    const [row] = await ctx.database.read<RunAt>(run, [input.id, input.at])
    return row ?? null
  })
