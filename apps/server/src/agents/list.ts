import type { Agent } from '@holdpoint/protocol'

import { query } from '../trpc/procedure.ts'
import { readAgents } from './queries.ts'

export const list = query.query(async ({ ctx }): Promise<readonly Agent[]> =>
  readAgents(ctx.database, null),
)
