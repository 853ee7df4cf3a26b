import {
  type Approval,
  type ApprovalId,
  bulkLimits,
  type DecisionPlan,
  type DecisionResult,
} from '@holdpoint/protocol'
import { z } from 'zod'

import { problemFrom } from '../database/problem.ts'
import { brokenOnOurSide, id, query, reason, verb } from '../trpc/procedure.ts'
import { approvalJson, approvalTables, readApproval, version } from './queries.ts'

const decision = z.enum(['approved', 'rejected'])

interface Planned {
  readonly id: ApprovalId
  readonly because: string | null
  readonly approval: Approval | null
}

/** A dry run: which requests this decision would answer, each with the version that is looked at. Nothing is changed. */
export const plan = query
  .input(z.object({ decision, ids: z.array(id<ApprovalId>()).min(1).max(bulkLimits.act) }))
  .query(async ({ ctx, input }): Promise<DecisionPlan> => {
    const rows = await ctx.database.read<Planned>(
      `select wanted.id, why_not_answer(wanted.id, $2, $3) as because,
         (select ${approvalJson} from ${approvalTables} where q.approval_id = wanted.id) as approval
       from unnest($1::uuid[]) with ordinality as wanted(id, n) order by wanted.n`,
      [[...new Set(input.ids)], ctx.caller.actor, input.decision],
    )
    return {
      decision: input.decision,
      will: rows.flatMap(({ because, approval }) =>
        because === null && approval !== null ? [approval] : [],
      ),
      wont: rows.flatMap(({ id, because, approval }) =>
        because === null ? [] : [{ id, because, approval }],
      ),
    }
  })

/** One decision for exactly these requests as they were looked at. Each is a transaction of its own. */
export const decideMany = verb('decide')
  .input(
    z.object({
      decision,
      reason,
      items: z
        .array(z.object({ id: id<ApprovalId>(), version }))
        .min(1)
        .max(bulkLimits.act),
    }),
  )
  .mutation(async ({ ctx, input }): Promise<{ results: readonly DecisionResult[] }> => {
    const { database, caller } = ctx
    const once = new Map(input.items.map((item) => [item.id, item]))
    const decideOne = async (each: {
      id: ApprovalId
      version: number
    }): Promise<DecisionResult> => {
      try {
        await database.verb('select decide_approval($1, $2, $3, $4, $5)', [
          each.id,
          caller.actor,
          input.decision,
          input.reason,
          each.version,
        ])
        return { id: each.id, outcome: 'done', approval: await readApproval(database, each.id) }
      } catch (error) {
        const known = problemFrom(error) ?? brokenOnOurSide(error, 'approvals.decideMany', ctx.log)
        const { code, message } = known.body
        return { id: each.id, outcome: 'refused', code, message }
      }
    }
    const results = await Promise.all(
      [...once.values()].map(async (each) => database.inTurn(async () => decideOne(each))),
    )
    return { results }
  })
