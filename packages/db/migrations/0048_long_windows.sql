-- A window of months is summed up from what was counted: the ends of runs by agent with what they had spent, and marks
-- that say why a run stopped and which request they are about.

-- Nobody counts meanwhile, so what is counted is exactly what the position sees.
select from history_position for update;

alter table event_marks add column reason text, add column approval_id uuid;
update event_marks m set reason = case when m.stops then e.state ->> 'stopReason' end,
    approval_id = case when m.kind in ('approval.requested', 'approval.decided') then (e.detail ->> 'approvalId')::uuid end
  from run_events e
  where e.workflow_id = m.workflow_id and e.seq = m.seq and e.at = m.at
    and (m.stops or m.kind in ('approval.requested', 'approval.decided'));

create index stops_by_time on event_marks (at, reason) where stops;
-- A run that paused in order to ask is told by what it asks: those that stopped for anything else come first in a list.
create index troubles_by_time on event_marks (at) where stops and reason is distinct from 'AWAITING_APPROVAL';
create index asked_by_time on event_marks (at, approval_id, workflow_id) where approval_id is not null;
create index asked_by_request on event_marks (approval_id, workflow_id) where approval_id is not null;

-- By agent, too, 0 being all of them together; and what the runs had spent when they ended.
alter table end_counts add column agent integer not null default 0, add column tokens_in bigint not null default 0,
  add column tokens_out bigint not null default 0, add column cost_usd numeric not null default 0;
alter table end_counts alter column agent drop default, drop constraint end_counts_pkey;
delete from end_counts;
alter table end_counts add primary key (agent, status, hour);
insert into end_counts (agent, hour, status, runs, tokens_in, tokens_out, cost_usd)
  select g.agent, date_bin('1 hour', l.ended_at, timestamptz 'epoch'), l.status, count(*),
    coalesce(sum((e.state -> 'spend' ->> 'tokensIn')::numeric), 0),
    coalesce(sum((e.state -> 'spend' ->> 'tokensOut')::numeric), 0),
    coalesce(sum((e.state -> 'spend' ->> 'costUsd')::numeric), 0)
  from run_lives l
  join run_events e on e.workflow_id = l.workflow_id and e.seq = l.ended_seq
  left join history_agents a using (agent_id)
  cross join lateral (select 0 union select coalesce(a.agent, 0)) g(agent)
  where pg_visible_in_snapshot(e.xid, (select snapshot from history_position))
  group by 1, 2, 3;

create or replace view counted_events as
  select e.xid, e.workflow_id, e.seq, e.at, l.agent_id, e.kind,
    e.state ->> 'status' in ('paused', 'lost', 'failed', 'killed') and not exists (
      select from run_events p where p.workflow_id = e.workflow_id and p.seq = e.seq - 1
        and p.state ->> 'status' = e.state ->> 'status') as stops,
    e.actor not like 'agent:%' and e.actor <> 'holdpoint' as by_person,
    coalesce(e.seq > l.ended_seq, false) as late, is_marked_kind(e.kind) as marked_kind,
    case when e.seq = l.ended_seq then l.ended_at end as ended_at,
    case when e.seq = l.ended_seq then l.status end as ended_as,
    e.state ->> 'stopReason' as reason,
    case when e.kind in ('approval.requested', 'approval.decided') then (e.detail ->> 'approvalId')::uuid end as approval_id,
    case when e.seq = l.ended_seq then e.state -> 'spend' end as spend
  from run_events e left join run_lives l using (workflow_id);

-- As before, with what marks and ends have now.
drop function fresh_events(timestamptz, timestamptz);
create function fresh_events(since timestamptz, until timestamptz)
returns table (workflow_id uuid, seq bigint, at timestamptz, agent_id text, kind text, stops boolean, late boolean,
  marked boolean, ended_at timestamptz, ended_as text, reason text, approval_id uuid, spend jsonb)
language plpgsql stable security definer rows 100 set search_path from current
set enable_seqscan to off set enable_bitmapscan to off set enable_hashjoin to off set enable_mergejoin to off
set jit to off set max_parallel_workers_per_gather to 0 set plan_cache_mode to force_generic_plan as $$
begin
  return query
    with counted as materialized (select snapshot from history_position)
    select f.workflow_id, f.seq, f.at, f.agent_id, f.kind, f.stops, f.late,
      f.stops or f.by_person or f.late or f.marked_kind, f.ended_at, f.ended_as, f.reason, f.approval_id, f.spend
    from (
      (select c.* from counted_events c
        where c.xid >= (select pg_snapshot_xmax(snapshot) from counted) order by c.xid offset 0)
      union all
      (select c.* from counted_events c
        where c.xid = any (array(select pg_snapshot_xip(snapshot) from counted)) offset 0)) f
    where f.at >= since and f.at < until;
end $$;

create or replace function count_history(most integer default 20000) returns integer
language plpgsql security definer set search_path from current
set enable_seqscan to off set enable_bitmapscan to off set enable_hashjoin to off set enable_mergejoin to off
set jit to off set max_parallel_workers_per_gather to 0 as $$
declare
  old pg_snapshot;
  new pg_snapshot;
  counted integer;
begin
  perform assert_operator();
  -- One at a time: whoever waited here goes on from where the other came to.
  select snapshot into old from history_position for update;
  new := snapshot_up_to(pg_current_snapshot(), (
    select e.xid from run_events e where e.xid >= pg_snapshot_xmax(old) order by e.xid offset greatest(most, 1) - 1 limit 1));
  with fresh as materialized (
    select c.* from counted_events c
      where c.xid >= pg_snapshot_xmax(old) and c.xid < pg_snapshot_xmax(new) and pg_visible_in_snapshot(c.xid, new)
    union all
    select c.* from counted_events c
      where c.xid = any (array(select pg_snapshot_xip(old))) and pg_visible_in_snapshot(c.xid, new)
  ), met as (
    insert into history_agents (agent_id)
      select distinct f.agent_id from fresh f
      where f.agent_id is not null and not exists (select from history_agents a where a.agent_id = f.agent_id)
      returning agent, agent_id
  ), agents as materialized (
    select agent, agent_id from met union all select agent, agent_id from history_agents
  ), named as materialized (
    select f.*, coalesce(a.agent, 0) as agent from fresh f left join agents a using (agent_id)
  ), minutes as materialized (
    select n.agent, floor(extract(epoch from n.at) / 60)::integer as minute, count(*) as events,
      count(*) filter (where n.stops) as stops
    from named n group by 1, 2
  ), counts as (
    insert into event_counts as c (grain, agent, minute, events, stops)
      select g.grain, m.agent, m.minute - m.minute % g.grain, sum(m.events), sum(m.stops)
      from (
        select agent, minute, events, stops from minutes where agent <> 0
        union all
        select 0, minute, events, stops from minutes) m, unnest('{1,10,60,360}'::smallint[]) g(grain)
      group by 1, 2, 3
      on conflict (grain, agent, minute) do update set events = c.events + excluded.events, stops = c.stops + excluded.stops
  ), ends as (
    insert into end_counts as c (agent, hour, status, runs, tokens_in, tokens_out, cost_usd)
      select g.agent, date_bin('1 hour', n.ended_at, timestamptz 'epoch'), n.ended_as, count(*),
        coalesce(sum((n.spend ->> 'tokensIn')::numeric), 0), coalesce(sum((n.spend ->> 'tokensOut')::numeric), 0),
        coalesce(sum((n.spend ->> 'costUsd')::numeric), 0)
      from named n cross join lateral (select 0 union select n.agent) g(agent)
      where n.ended_as is not null group by 1, 2, 3
      on conflict (agent, status, hour) do update set runs = c.runs + excluded.runs,
        tokens_in = c.tokens_in + excluded.tokens_in, tokens_out = c.tokens_out + excluded.tokens_out,
        cost_usd = c.cost_usd + excluded.cost_usd
  ), marks as (
    insert into event_marks (at, workflow_id, seq, agent, kind, stops, late, reason, approval_id)
      select n.at, n.workflow_id, n.seq, n.agent, n.kind, n.stops, n.late, case when n.stops then n.reason end, n.approval_id
      from named n
      where n.stops or n.by_person or n.late or n.marked_kind
  ), moved as (
    update history_position set snapshot = new
  )
  select count(*) into counted from named;
  return counted;
end $$;

grant execute on function fresh_events(timestamptz, timestamptz) to holdpoint_server;
