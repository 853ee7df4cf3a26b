import type { EventLine, RunId } from '@holdpoint/protocol'
import { z } from 'zod'

import { id, query } from '../trpc/procedure.ts'
import { sequences } from './queries.ts'

// Of the state only what a line says: it is a tenth of an event.
const line = `jsonb_build_object('seq', e.seq, 'kind', e.kind, 'actor', e.actor, 'at', e.at, 'detail', e.detail,
  'state', jsonb_build_object('goal', e.state -> 'goal', 'step', e.state -> 'step', 'worker', e.state -> 'worker',
    'waitingOn', e.state -> 'waitingOn', 'stopDetail', e.state -> 'stopDetail'))`

/** Events by their sequences, as a list shows them: whatever a reader looks at, wherever it lies. */
export const lines = query
  .input(z.object({ id: id<RunId>(), seqs: sequences }))
  .query(async ({ ctx, input }): Promise<{ rows: readonly EventLine[] }> => {
    const rows = await ctx.database.read<{ line: EventLine }>(
      `select ${line} as line from run_events e
       where e.workflow_id = $1 and e.seq = any ($2::bigint[]) order by e.seq`,
      [input.id, input.seqs],
    )
    return { rows: rows.map(({ line }) => line) }
  })
