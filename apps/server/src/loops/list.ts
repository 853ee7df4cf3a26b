import type { Loop } from '@holdpoint/protocol'

import { query } from '../trpc/procedure.ts'

/** Loops that one answer may hold. */
const most = 2_000

const everyLoop = `
  select jsonb_build_object(
    'agentId', l.agent_id, 'name', l.name, 'goal', l.goal, 'cron', l.cron, 'timeZone', l.time_zone, 'event', l.event,
    'expectMs', l.expect_ms, 'graceMs', l.grace_ms, 'declaredAt', l.declared_at, 'nextDueAt', l.next_due_at,
    'lastFiredAt', last.fired_at, 'lastRunId', last.workflow_id, 'overdueSince', l.overdue_since, 'trouble', l.trouble,
    'missed', (select count(*) from loop_firings f where f.agent_id = l.agent_id and f.loop = l.name
      and f.due_at >= now() - interval '24 hours' and f.fired_at is null),
    'firings', (select coalesce(jsonb_agg(jsonb_build_object('dueAt', f.due_at, 'firedAt', f.fired_at, 'runId', f.workflow_id,
        'state', case when f.fired_at is null then 'missed'
          when f.fired_at > f.due_at + l.grace_ms * interval '1 millisecond' then 'late' else 'fired' end)
        order by coalesce(f.fired_at, f.due_at) desc), '[]')
      from (select * from loop_firings f where f.agent_id = l.agent_id and f.loop = l.name
        order by coalesce(fired_at, due_at) desc limit 20) f)) as loop
  from loops l left join lateral (
    select f.fired_at, f.workflow_id from loop_firings f
    where f.agent_id = l.agent_id and f.loop = l.name and f.fired_at is not null order by f.fired_at desc limit 1) last on true
  order by l.overdue_since is null, l.trouble is null, l.agent_id, l.name limit ${most}`

/** Every loop that an agent declared: those that nobody heard of in time first, then those that nobody can foretell. */
export const list = query.query(async ({ ctx }): Promise<readonly Loop[]> => {
  const rows = await ctx.database.read<{ loop: Loop }>(everyLoop)
  return rows.map(({ loop }) => loop)
})
