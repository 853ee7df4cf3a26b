-- How many events there were, by time and agent, and which of them are worth a mark: each counted exactly once, by the
-- leading server. What has not been counted yet is read directly (fresh_events). Agents' writes pay nothing for it.

create or replace function is_marked_kind(kind text) returns boolean
language sql immutable parallel safe as $$
  select kind in ('approval.requested', 'approval.decided', 'approval.voted', 'approval.changed', 'approval.overdue', 'approval.lacking',
    'approval.expired', 'action.unknown', 'action.late', 'action.settled', 'action.refused', 'limits.raised', 'hold.opened',
    'hold.cleared', 'run.paused', 'run.lost', 'run.failed', 'run.killed')
$$;

-- What is new, as it is counted: with whether a run stopped there, and what it had spent when it ended.
create or replace function counted_between(old pg_snapshot, new pg_snapshot)
returns table (workflow_id uuid, seq bigint, at timestamptz, agent_id text, kind text, stops boolean, by_person boolean,
  late boolean, marked_kind boolean, ended_at timestamptz, ended_as text, reason text, approval_id uuid, spend jsonb)
language sql stable rows 100 as $$
  select e.workflow_id, e.seq, e.at, l.agent_id, e.kind,
    e.state ->> 'status' in ('paused', 'lost', 'failed', 'killed') and not exists (
      select from run_events p where p.workflow_id = e.workflow_id and p.seq = e.seq - 1
        and p.state ->> 'status' = e.state ->> 'status'),
    e.actor not like 'agent:%' and e.actor <> 'holdpoint',
    coalesce(e.seq > l.ended_seq, false), is_marked_kind(e.kind),
    case when e.seq = l.ended_seq then l.ended_at end,
    case when e.seq = l.ended_seq then l.status end,
    e.state ->> 'stopReason',
    case when e.kind in ('approval.requested', 'approval.decided') then (e.detail ->> 'approvalId')::uuid end,
    case when e.seq = l.ended_seq then e.state -> 'spend' end
  from events_between(old, new) e left join run_lives l using (workflow_id)
$$;

-- Counts what came since: at least one transaction, and about `most` events; returns how many. Every event that the
-- new position sees and the old one did not is counted in the transaction that moves the position: none twice, none
-- never, whoever leads and whatever was open meanwhile.
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
    select c.* from counted_between(old, new) c
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

-- What is visible and not counted yet, of a window. STABLE: it sees what the statement sees that also reads the
-- counts, so the two never overlap and leave nothing out. Found by transaction id; the planner, which knows nothing of
-- the newest rows, would else read whole partitions. Few events are fresh: to start other processes for them takes
-- longer than to read them.
create or replace function fresh_events(since timestamptz, until timestamptz)
returns table (workflow_id uuid, seq bigint, at timestamptz, agent_id text, kind text, stops boolean, late boolean,
  marked boolean, ended_at timestamptz, ended_as text, reason text, approval_id uuid, spend jsonb)
language plpgsql stable security definer rows 100 set search_path from current
set enable_seqscan to off set enable_bitmapscan to off set enable_hashjoin to off set enable_mergejoin to off
set jit to off set max_parallel_workers_per_gather to 0 set plan_cache_mode to force_generic_plan as $$
declare
  -- As the question sees it that calls this: what is counted there is not fresh here.
  counted pg_snapshot := (select snapshot from history_position);
begin
  return query
    select f.workflow_id, f.seq, f.at, f.agent_id, f.kind, f.stops, f.late,
      f.stops or f.by_person or f.late or f.marked_kind, f.ended_at, f.ended_as, f.reason, f.approval_id, f.spend
    -- Offset: found by what is new, and not by time, of which the planner expects less.
    from (select c.* from counted_between(counted, pg_current_snapshot()) c offset 0) f
    where f.at >= since and f.at < until;
end $$;

grant execute on function count_history(integer), fresh_events(timestamptz, timestamptz) to holdpoint_server;
