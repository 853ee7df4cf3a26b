import { aliveAt, lastEventAt } from '../as-of.ts'
import { marksWithin } from '../marks.ts'
import { past, wireTime } from '../moment.ts'

// Each is asked with the same parameters: $1 from, $2 to, $3 agents or null, $4 how many rows at most. What a list leaves
// out is counted: `all` is the same in each row.

const from = past('$1')
const to = past('$2')

export const clock = `select ${wireTime(from)} as from, ${wireTime(to)} as to`

export const stopped = `
  select jsonb_build_object('run', jsonb_build_object('id', e.workflow_id, 'agentId', e.state -> 'agentId',
      'goal', e.state -> 'goal', 'step', e.state -> 'step', 'status', e.state -> 'status'),
    'at', e.at, 'seq', e.seq, 'by', e.actor, 'reason', e.state -> 'stopReason',
    'detail', coalesce(e.state ->> 'stopDetail', e.detail ->> 'why', e.detail ->> 'error')) as row, m.all_of_them::float8 as all
  from (
    select workflow_id, seq, at, count(*) over () as all_of_them from ${marksWithin} m
    where m.stops order by at, workflow_id, seq limit $4) m
  join run_events e using (workflow_id, seq, at)
  order by e.at, e.workflow_id, e.seq`

export const ended = `
  select l.status, count(*)::float8 as n from run_lives l
  where l.ended_at > ${from} and l.ended_at <= ${to} and ($3::text[] is null or l.agent_id = any ($3)) and $4::integer is not null
  group by l.status`

export const operatorActions = `
  select jsonb_build_object('at', l.seen_at, 'actor', l.actor, 'action', l.action, 'runId', l.workflow_id,
    'agentId', l.agent_id, 'target', concat_ws(' ', l.target_table, l.target_row_id),
    'why', left(l.data_after ->> 'why', 2000)) as row, (count(*) over ())::float8 as all
  from agent_audit_log l
  where l.actor not like 'agent:%' and l.seen_at > ${from} and l.seen_at <= ${to}
    and ($3::text[] is null or l.agent_id = any ($3))
  order by l.seen_at, l.log_id limit $4`

/** One that was asked for before the window and decided in it has its request, too. */
export const approvals = `
  with touched as (
    select e.workflow_id, e.detail ->> 'approvalId' as id, min(m.at) as first
    from ${marksWithin} m join run_events e using (workflow_id, seq, at)
    where m.kind in ('approval.requested', 'approval.decided')
    group by 1, 2
  ), shown as (
    select *, count(*) over () as all_of_them from touched order by first, id limit $4
  ), told as (
    select t.id, t.workflow_id, t.all_of_them,
      min(e.at) filter (where e.kind = 'approval.requested') as requested_at,
      min(e.detail ->> 'tool') as tool, min(e.detail ->> 'target') as target,
      min(e.at) filter (where e.kind = 'approval.decided') as decided_at,
      min(e.detail ->> 'decision') as decision, min(e.detail ->> 'why') as why,
      min(e.actor) filter (where e.kind = 'approval.decided') as by, min(e.state ->> 'agentId') as agent_id
    from shown t join run_events e on e.workflow_id = t.workflow_id and e.detail ->> 'approvalId' = t.id
      and e.kind in ('approval.requested', 'approval.decided') and e.at <= ${to}
    group by t.id, t.workflow_id, t.all_of_them
  )
  select jsonb_build_object('approvalId', id, 'runId', workflow_id, 'agentId', agent_id, 'tool', tool, 'target', target,
    'requestedAt', requested_at, 'decidedAt', decided_at, 'decision', decision, 'by', by, 'why', why) as row,
    all_of_them::float8 as all
  from told order by coalesce(requested_at, decided_at), id`

/** Spend of a run only grows: what it was at the end, less what it was at the beginning. Of `$4` runs at most. */
export const spend = `
  with lived as (
    select workflow_id, began_at, count(*) over () as all_of_them from (
      select l.workflow_id, l.began_at, l.agent_id from run_lives l where l.ended_at > ${from} and l.ended_at <= ${to}
      union all
      select l.workflow_id, l.began_at, l.agent_id from ${aliveAt(to)} a join run_lives l using (workflow_id)) l
    where $3::text[] is null or l.agent_id = any ($3)
    limit $4
  )
  select ${['tokensIn', 'tokensOut', 'costUsd']
    .map(
      (part) => `
    coalesce(sum((b.state -> 'spend' ->> '${part}')::numeric - coalesce((a.state -> 'spend' ->> '${part}')::numeric, 0)), 0)::float8
      as "${part}",`,
    )
    .join('')}
    coalesce(max(l.all_of_them) - count(*), 0)::float8 as "leftOut"
  from lived l cross join lateral ${lastEventAt('l', to)} b left join lateral ${lastEventAt('l', from)} a on true`
