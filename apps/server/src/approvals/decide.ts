import type { Approval, ApprovalId } from '@holdpoint/protocol'
import { z } from 'zod'

import { problem } from '../database/problem.ts'
import { id, reason, verb } from '../trpc/procedure.ts'
import { faultOf } from './json-schema.ts'
import { readApproval } from './queries.ts'

/**
 * Settles a request, once, as it was looked at: whoever comes second is told who was first, and whoever looked at an
 * earlier version to look again. `arguments`: what shall run instead of what was asked for.
 */
export const decide = verb('decide')
  .input(
    z.object({
      id: id<ApprovalId>(),
      version: z.number().int().min(1),
      decision: z.enum(['approved', 'rejected']),
      reason,
      arguments: z.json().optional(),
    }),
  )
  .mutation(async ({ ctx, input }): Promise<Approval> => {
    const { database, caller } = ctx
    if (input.arguments !== undefined) {
      const { argumentsSchema } = await readApproval(database, input.id)
      const fault = faultOf(input.arguments, argumentsSchema)
      if (fault !== null) {
        throw problem(
          'INVALID_INPUT',
          `The edited arguments break their schema: ${fault}. Nothing was done.`,
        )
      }
    }
    await database.verb('select decide_approval($1, $2, $3, $4, $5, $6)', [
      input.id,
      caller.actor,
      input.decision,
      input.reason,
      input.version,
      input.arguments === undefined ? null : JSON.stringify(input.arguments),
    ])
    return readApproval(database, input.id)
  })
