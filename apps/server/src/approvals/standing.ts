import type { Page, RunId, StandingApproval, StandingApprovalId } from '@holdpoint/protocol'
import { z } from 'zod'

import { decodeCursor, pageOf } from '../database/keyset.ts'
import { agentId, cursor, id, limit, query, reason, verb } from '../trpc/procedure.ts'

// What is cheap to see comes first: most yeses are over.
const inForce = `(u.revoked_at is null and (u.expires_at is null or u.expires_at > now())
  and (u.max_uses is null or u.uses < u.max_uses) and still_stands(u.standing_id))`

const standingJson = `jsonb_build_object('id', u.standing_id, 'agentId', u.agent_id, 'runId', u.workflow_id, 'tool', u.tool,
  'target', u.target, 'condition', u.condition, 'maxUses', u.max_uses, 'uses', u.uses, 'expiresAt', u.expires_at,
  'approvalId', u.approval_id, 'createdBy', u.created_by, 'createdAt', u.created_at, 'why', u.why,
  'revokedBy', u.revoked_by, 'revokedAt', u.revoked_at, 'inForce', ${inForce})`

/** Standing approvals, yeses for calls to come, newest first. */
export const standing = query
  .input(
    z.object({
      agentId: agentId.optional(),
      runId: id<RunId>().optional(),
      inForce: z.boolean().default(true),
      cursor,
      limit: limit(200, 50),
    }),
  )
  .query(async ({ ctx, input }): Promise<Page<StandingApproval>> => {
    const from = input.cursor ? decodeCursor(input.cursor) : ['infinity', null]
    const rows = await ctx.database.read<{ row: StandingApproval; key: [string, string] }>(
      `select ${standingJson} as row, array[u.created_at::text, u.standing_id::text] as key from standing_approvals u
       where (u.created_at, u.standing_id) < ($1::timestamptz, coalesce($2::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
         and ($3::text is null or u.agent_id = $3) and ($4::uuid is null or u.workflow_id = $4) and (not $5 or ${inForce})
       order by u.created_at desc, u.standing_id desc limit $6`,
      [...from, input.agentId ?? null, input.runId ?? null, input.inForce, input.limit + 1],
    )
    return pageOf(rows, input.limit)
  })

/** From now on such calls are asked about again. */
export const revokeStanding = verb('decide')
  .input(z.object({ id: id<StandingApprovalId>(), reason }))
  .mutation(async ({ ctx, input }): Promise<{ id: StandingApprovalId }> => {
    await ctx.database.verb('select revoke_standing_approval($1, $2, $3)', [
      input.id,
      ctx.caller.actor,
      input.reason,
    ])
    return { id: input.id }
  })
