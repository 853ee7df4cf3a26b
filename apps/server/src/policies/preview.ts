import type { PolicyPreview } from '@holdpoint/protocol'
import { z } from 'zod'

import { query } from '../trpc/procedure.ts'
import { policySpec } from './spec.ts'

/** Calls that one preview looks at, the newest. */
const most = 5000
const shown = 100

interface Call {
  readonly row: PolicyPreview['calls'][number]
  readonly counted: number
}

// By the log, which is ordered by time: the ledger has no such index, because the gate would pay for it. Agents write
// in the log, too, so a row counts as far as the ledger has it. A call that people were asked about and that then ran
// counts once, by its request.
const calls = `with p as (select (policy_of($1)).*), begun as (
    select a.workflow_id, a.tool, a.target, a.request, l.seen_at as at from agent_audit_log l, p
      cross join lateral (select * from actions x where x.workflow_id = l.workflow_id and x.approval_id is null
        and x.action_id = case when pg_input_is_valid(l.target_row_id, 'uuid') then l.target_row_id::uuid end) a
    where l.seen_at > now() - make_interval(days => $2) and l.action like 'action.begin %' and l.target_table = 'actions'
      and (p.agent_id is null or l.agent_id = p.agent_id) and stands_for(p.tool, substr(l.action, 14))
    order by l.seen_at desc limit $3
  ), asked as (
    select q.workflow_id, q.tool, q.target, coalesce(q.original_arguments, q.arguments) as request, q.requested_at as at
    from approval_queue q, p
    where q.requested_at > now() - make_interval(days => $2) and q.kind = 'action' and stands_for(p.tool, q.tool)
    order by q.requested_at desc limit $3
  ), calls as (
    select c.*, w.agent_id, count(*) over () as counted
    from (select * from begun union all select * from asked) c join workflow_checkpoints w using (workflow_id), p
    where (p.agent_id is null or w.agent_id = p.agent_id) and (p.skill is null or w.skill = p.skill)
  )
  select jsonb_build_object('runId', c.workflow_id, 'agentId', c.agent_id, 'tool', c.tool, 'target', left(c.target, 200), 'at', c.at,
    'would', case when not p.gate or p.auto_approve is not null
      and condition_holds(p.auto_approve, c.request, c.target) then 'pass' else 'ask' end) as row, c.counted::int
  from calls c, p order by c.at desc limit $3`

/** What the calls of the last days would have met under a policy that is not in force. Nothing is written. */
export const preview = query
  .input(z.object({ spec: policySpec, days: z.number().int().min(1).max(31).default(7) }))
  .query(async ({ ctx, input }): Promise<PolicyPreview> => {
    const rows = await ctx.database.read<Call>(calls, [
      JSON.stringify(input.spec),
      input.days,
      most,
    ])
    const found = rows.map(({ row }) => row)
    return {
      days: input.days,
      considered: found.length,
      cut: (rows[0]?.counted ?? 0) > found.length || found.length === most,
      wouldAsk: found.filter(({ would }) => would === 'ask').length,
      wouldPass: found.filter(({ would }) => would === 'pass').length,
      calls: found.slice(0, shown),
    }
  })
