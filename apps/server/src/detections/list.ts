import type { Detection, RunId } from '@holdpoint/protocol'
import { z } from 'zod'

import { id, query } from '../trpc/procedure.ts'
import { detectionJson } from './queries.ts'

const most = 200

/** What rules found in a run, the newest first. */
export const ofRun = query
  .input(z.object({ runId: id<RunId>() }))
  .query(async ({ ctx, input }): Promise<readonly Detection[]> => {
    const rows = await ctx.database.read<{ row: Detection }>(
      `select ${detectionJson('d', 'h')} as row from detections d left join run_holds h on h.hold_id = d.hold_id
       where d.workflow_id = $1 order by d.found_at desc limit ${most}`,
      [input.runId],
    )
    return rows.map(({ row }) => row)
  })

/** What was found and holds nothing, of runs that go on: the newest first. */
export const noted = query.query(async ({ ctx }): Promise<readonly Detection[]> => {
  const rows = await ctx.database.read<{ row: Detection }>(
    `select ${detectionJson('d', 'h')} as row from detections d left join run_holds h on h.hold_id = d.hold_id
       join workflow_checkpoints w on w.workflow_id = d.workflow_id
     where d.hold_id is null and d.over_at is null and w.status in ('queued', 'running', 'paused', 'approved', 'lost')
     order by d.found_at desc limit ${most}`,
  )
  return rows.map(({ row }) => row)
})
