import type { Inbox, OpenRequest } from '@holdpoint/protocol'
import { z } from 'zod'

import { must } from '../database/must.ts'
import { limit, query } from '../trpc/procedure.ts'

/** As the index `approvals_by_urgency` has it. */
export const byUrgency = `(q.lacks_since is null), case when q.expired_at is not null then 1 when q.expires_at is null then 2 else 0 end,
  q.expires_at, case q.risk when 'high' then 0 when 'medium' then 1 when 'low' then 2 else 3 end, q.asked_at, q.approval_id`

/** One line of a list. Its arguments may be large, and are read with the request alone. */
const line = `jsonb_build_object('id', q.approval_id, 'runId', q.workflow_id, 'agentId', w.agent_id, 'kind', q.kind,
  'tool', q.tool, 'target', left(q.target, 200), 'changes', change_of(q.kind, q.arguments), 'risk', q.risk, 'reversible', q.reversible, 'goal', left(w.goal, 300),
  'step', w.current_step, 'askedAt', q.asked_at, 'expiresAt', q.expires_at, 'expiredAt', q.expired_at, 'lacksSince', q.lacks_since, 'handedOn', q.handed_on)`

const isOpen = 'q.decision is null and q.closed_at is null'

/** What waits for an answer, the most urgent first, and how many there are in all. One read: no line twice, none missed. */
export const inbox = query
  .input(z.object({ limit: limit(1000, 200) }))
  .query(async ({ ctx, input }): Promise<Inbox> => {
    const [found] = await ctx.database.read<Inbox & { rows: OpenRequest[] }>(
      `select (select coalesce(jsonb_agg(${line} order by ${byUrgency}), '[]')
           from (select * from approval_queue q where ${isOpen} order by ${byUrgency} limit $1) q
           join workflow_checkpoints w on w.workflow_id = q.workflow_id) as rows,
         count(*)::integer as open, count(q.expired_at)::integer as expired,
         count(q.lacks_since)::integer as lacking
       from approval_queue q where ${isOpen}`,
      [input.limit],
    )
    return must(found, 'approval_queue')
  })
