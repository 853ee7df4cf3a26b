import type { HistoryBounds } from '@holdpoint/protocol'

import { must } from '../database/must.ts'
import { query } from '../trpc/procedure.ts'
import { wireTime } from './moment.ts'

/** From when the history goes, and the database's clock. */
export const bounds = query.query(async ({ ctx }): Promise<HistoryBounds> => {
  const [row] = await ctx.database.read<HistoryBounds>(
    `select ${wireTime('(select at from run_events order by at limit 1)')} as begins, ${wireTime('clock_timestamp()')} as now`,
  )
  return must(row, 'the clock of the database')
})
