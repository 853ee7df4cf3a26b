-- What is new between two snapshots is said once: the counts, the outbox, drift and the live tail read it alike.

-- Exact without waiting for anyone: what `new` sees and `old` did not. That is what began after `old` was taken, and what
-- was in progress then. Two branches, since with OR the planner would read whole partitions. In plain SQL without settings
-- of its own, so that the planner puts it into the question that asks.
create function events_between(old pg_snapshot, new pg_snapshot) returns setof run_events
language sql stable rows 100 as $$
  select e.* from run_events e
    where e.xid >= pg_snapshot_xmax(old) and e.xid < pg_snapshot_xmax(new) and pg_visible_in_snapshot(e.xid, new)
  union all
  select e.* from run_events e
    where e.xid = any (array(select pg_snapshot_xip(old))) and pg_visible_in_snapshot(e.xid, new)
$$;

-- The same as it is counted: with whether a run stopped there, and what it had spent when it ended.
create function counted_between(old pg_snapshot, new pg_snapshot)
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

drop view counted_events;

create or replace function collect_notifications(rules jsonb) returns boolean
language plpgsql security definer set search_path from current
set enable_seqscan to off set plan_cache_mode to force_generic_plan set jit to off as $$
declare
  was notification_tail;
  here text := (select system_identifier || '.' || (select oid from pg_database where datname = current_database())
    from pg_control_system());
begin
  perform assert_operator();
  -- Of two leaders the second waits here, and goes on where the first has read to.
  select * into was from notification_tail for update;
  if not found or was.cluster <> here then
    insert into notification_tail (cluster, snapshot) values (here, pg_current_snapshot())
      on conflict (one) do update set cluster = excluded.cluster, snapshot = excluded.snapshot;
    return true;
  end if;
  -- One statement, so that the position is the snapshot that the rows were read with.
  with now_at as (select pg_current_snapshot() as snapshot),
  news as (
    select e.workflow_id, e.seq, e.kind, e.at, e.detail, e.state
    from now_at cross join lateral events_between(was.snapshot, now_at.snapshot) e),
  rule as (
    select r ->> 'class' as class, nth, array(select jsonb_array_elements_text(r -> 'kinds')) as kinds,
      case when r ->> 'holds' is not null then array(select jsonb_array_elements_text(r -> 'holds')) end as holds,
      (r ->> 'byReason')::boolean as by_reason
    from jsonb_array_elements(rules) with ordinality r(r, nth)),
  notable as (
    select distinct on (e.workflow_id, e.seq) e.workflow_id, e.seq, e.at, e.state ->> 'agentId' as agent_id,
      e.state ->> 'stopReason' as stop_reason, rule.class, rule.by_reason,
      case when e.kind like 'approval.%' then (e.detail ->> 'approvalId')::uuid end as approval_id,
      case when rule.class = 'outcome.unknown' then (e.detail ->> 'actionId')::uuid end as action_id
    from news e join rule on e.kind = any (rule.kinds)
      -- Events of these kinds carry the hold they opened; of others the kind says all.
      and (rule.holds is null or e.kind not in ('run.paused', 'hold.opened') or e.detail ->> 'hold' = any (rule.holds))
    -- An agent's isolation is told once, not for each of its runs.
    where e.detail ->> 'hold' is distinct from 'isolation'
    order by e.workflow_id, e.seq, rule.nth),
  queued as (
    insert into notifications (channel_id, class, event_key, workflow_id, seq, event_at, agent_id)
      select c.channel_id, n.class,
        -- That an action's outcome is unknown is one thing to tell, although its worker's word and the hold are two events.
        coalesce('outcome:' || n.action_id || ':' || a.attempt, 'run:' || n.workflow_id || ':' || n.seq),
        n.workflow_id, n.seq, n.at, n.agent_id
      from notable n join notification_channels c on c.enabled and n.class = any (c.classes)
        and (c.agents = '{}' or n.agent_id = any (c.agents))
        and (not n.by_reason or n.stop_reason = any (c.reasons))
      left join approval_queue q on q.approval_id = n.approval_id
      left join actions a on a.action_id = n.action_id
      -- A request that declares no risk may be of any.
      where c.minimum_risk is null or q.risk is null or risk_rank(q.risk) >= risk_rank(c.minimum_risk)
      order by n.at
      on conflict (channel_id, event_key) do nothing)
  update notification_tail set snapshot = now_at.snapshot from now_at;
  return false;
end $$;

create or replace function find_drift_work(here_now text, most integer) returns boolean
language plpgsql security definer set search_path from current set enable_seqscan to off set jit to off as $$
declare
  p drift_position;
  upto xid8;
  new pg_snapshot;
begin
  perform assert_operator();
  insert into drift_position (cluster, snapshot) values (here_now, pg_current_snapshot()) on conflict do nothing;
  if found then
    p.cluster := null;
  else
    select * into p from drift_position for update;
  end if;
  -- The first time, or another database than the one that was read before (a backup, a stand-by): what lives is fed.
  if p.cluster is distinct from here_now then
    update drift_position set cluster = here_now, snapshot = pg_current_snapshot();
    insert into drift_runs as d (workflow_id, target)
      select workflow_id, w.seq from workflow_checkpoints w where status in ('queued', 'running', 'paused', 'approved', 'lost')
      on conflict (workflow_id) do update set target = greatest(d.target, excluded.target) where d.target < excluded.target;
    return false;
  end if;
  -- Whole transactions only, and at least one.
  select e.xid into upto from run_events e where e.xid >= pg_snapshot_xmax(p.snapshot)
    order by e.xid offset greatest(most, 1) - 1 limit 1;
  new := snapshot_up_to(pg_current_snapshot(), upto);
  insert into drift_runs as d (workflow_id, target)
    select e.workflow_id, max(e.seq) from events_between(p.snapshot, new) e group by e.workflow_id
    on conflict (workflow_id) do update set target = greatest(d.target, excluded.target) where d.target < excluded.target;
  update drift_position set snapshot = new;
  return upto is not null;
end $$;

grant execute on function events_between(pg_snapshot, pg_snapshot) to holdpoint_server;
