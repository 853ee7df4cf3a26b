import type { RunId, Step } from '@holdpoint/protocol'
import { z } from 'zod'

import { id, query } from '../trpc/procedure.ts'
import { stepJson } from './queries.ts'

/** Steps that one answer may hold; a run that has more shows its newest. */
const most = 1000

/** A run's steps with their results, in the order in which they began. */
export const steps = query
  .input(z.object({ id: id<RunId>() }))
  .query(async ({ ctx, input }): Promise<{ rows: readonly Step[] }> => {
    const rows = await ctx.database.read<{ step: Step }>(
      `select ${stepJson('s')} as step from run_steps s
       where s.workflow_id = $1 order by s.started_at desc, s.name desc, s.occurrence desc limit ${most}`,
      [input.id],
    )
    return { rows: rows.map(({ step }) => step).toReversed() }
  })
