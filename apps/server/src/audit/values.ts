import { z } from 'zod'

import { query } from '../trpc/procedure.ts'
import { distinctValues, type Scanned, scannedColumns } from './distinct-values.ts'

/** What a filter can be completed to: values of the log that begin with what was typed. */
export const values = query
  .input(
    z.object({
      column: z.enum(scannedColumns as [Scanned, ...Scanned[]]),
      start: z.string().max(200).default(''),
    }),
  )
  .query(async ({ ctx, input }): Promise<readonly string[]> =>
    distinctValues(ctx.database, input.column, input.start, 12),
  )
