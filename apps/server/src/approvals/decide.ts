import type { Approval, ApprovalId } from '@holdpoint/protocol'
import { z } from 'zod'

import type { Database } from '../database/database.ts'
import { problem } from '../database/problem.ts'
import { id, reason, verb } from '../trpc/procedure.ts'
import { faultOf } from './json-schema.ts'
import { readApproval, version } from './queries.ts'

const instant = z.iso.datetime({ offset: true })
const condition = z.string().trim().min(1).max(500)
const maxUses = z.number().int().min(1).max(1000)
const target = z.string().max(1000).optional()

const further = z.discriminatedUnion('scope', [
  z.strictObject({
    scope: z.literal('run'),
    condition: condition.optional(),
    target,
    maxUses: maxUses.optional(),
    until: instant.optional(),
  }),
  z.strictObject({ scope: z.literal('agent'), condition, target, maxUses, until: instant }),
])

const grade = z.strictObject({
  score: z.number().min(0).max(1),
  label: z.string().max(100).optional(),
  note: z.string().max(2000).optional(),
})

/**
 * One person's answer to a request as it was looked at. A no settles it, a yes does where no more are needed: whoever
 * comes second is told who was first, and whoever looked at an earlier version to look again. `arguments`: what shall run
 * instead of what was asked for. `further`: the calls to come for which this yes stands too. `grade`: of an output.
 */
export const decide = verb('decide')
  .input(
    z.object({
      id: id<ApprovalId>(),
      version,
      decision: z.enum(['approved', 'rejected']),
      reason,
      arguments: z.json().optional(),
      further: further.optional(),
      grade: grade.optional(),
    }),
  )
  .mutation(async ({ ctx, input }): Promise<Approval> => {
    const { database, caller } = ctx
    if (input.arguments !== undefined) await checkEdited(database, input.id, input.arguments)
    await database.verb('select decide_approval($1, $2, $3, $4, $5, $6, $7, $8)', [
      input.id,
      caller.actor,
      input.decision,
      input.reason,
      input.version,
      input.arguments === undefined ? null : JSON.stringify(input.arguments),
      input.further === undefined ? null : JSON.stringify(input.further),
      input.grade === undefined ? null : JSON.stringify(input.grade),
    ])
    return readApproval(database, input.id)
  })

/** The schema of a request never changes, so it may be read before the request is locked. */
async function checkEdited(database: Database, approval: ApprovalId, edited: unknown) {
  const { argumentsSchema } = await readApproval(database, approval)
  const fault = faultOf(edited, argumentsSchema)
  if (fault !== null) {
    throw problem(
      'INVALID_INPUT',
      `The edited arguments break their schema: ${fault}. Nothing was done.`,
    )
  }
}
