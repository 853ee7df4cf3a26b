import type { ApprovalId } from '@holdpoint/protocol'
import { z } from 'zod'

import { id, query } from '../trpc/procedure.ts'
import { faultOf } from './json-schema.ts'
import { readApproval } from './queries.ts'

/** Would these arguments keep to the request's schema? What decides is asked again with the decision. */
export const check = query
  .input(z.object({ id: id<ApprovalId>(), arguments: z.json() }))
  .query(async ({ ctx, input }): Promise<{ readonly fault: string | null }> => {
    const { argumentsSchema } = await readApproval(ctx.database, input.id)
    return { fault: faultOf(input.arguments, argumentsSchema) }
  })
