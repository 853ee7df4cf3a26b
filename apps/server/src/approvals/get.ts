import type { Approval, ApprovalId } from '@holdpoint/protocol'
import { z } from 'zod'

import { id, query } from '../trpc/procedure.ts'
import { readApproval } from './queries.ts'

export const get = query
  .input(z.object({ id: id<ApprovalId>() }))
  .query(async ({ ctx, input }): Promise<Approval> => readApproval(ctx.database, input.id))
