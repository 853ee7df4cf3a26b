-- How many events there were, by time and agent, and which of them are worth a mark: counted from run_events by the leading
-- server, each exactly once, so that a window of a million events is read as some thousand rows. What has not been counted
-- yet is read directly (fresh_events), so every answer is whole, however far behind the counting is. Agents' writes pay
-- nothing for it.

-- Up to where has been counted: every event that this snapshot sees. It commits together with the counts.
create table history_position (
  one boolean primary key default true check (one),
  snapshot pg_snapshot not null
);
-- Sees nothing: the events that are here already are counted like those that come.
insert into history_position (snapshot) values ('1:1:');

create table history_agents (
  agent integer primary key generated always as identity,
  agent_id text not null unique
);

-- By grain in minutes; `minute` since 1970; agent 0 is all of them together. Narrow, since a fleet that does little has
-- about a row for each event.
create table event_counts (
  grain smallint not null,
  agent integer not null,
  minute integer not null,
  events integer not null,
  stops integer not null,
  primary key (grain, agent, minute)
) with (fillfactor = 90);

-- How many runs ended in an hour, by how.
create table end_counts (
  hour timestamptz not null,
  status text not null,
  runs integer not null,
  primary key (status, hour)
);

-- Events worth a mark on a timeline: what stopped a run, what people did, approvals, what came after the end.
create table event_marks (
  at timestamptz not null,
  workflow_id uuid not null,
  seq bigint not null,
  agent integer not null,
  kind text not null,
  stops boolean not null,
  late boolean not null
);
create index marks_by_agent on event_marks (agent, at);
create index marks_by_time on event_marks (at);

create function is_marked_kind(kind text) returns boolean
language sql immutable parallel safe as $$
  select kind in ('approval.requested', 'approval.decided', 'approval.voted', 'approval.changed', 'approval.overdue',
    'approval.expired', 'action.unknown', 'action.late', 'action.settled', 'action.refused', 'limits.raised', 'hold.opened',
    'hold.cleared', 'run.paused', 'run.lost', 'run.failed', 'run.killed')
$$;

-- What the counts and the marks need of an event. A stop: after it the run stood still, and before it it did not, or for
-- another reason.
create view counted_events as
  select e.xid, e.workflow_id, e.seq, e.at, l.agent_id, e.kind,
    e.state ->> 'status' in ('paused', 'lost', 'failed', 'killed') and not exists (
      select from run_events p where p.workflow_id = e.workflow_id and p.seq = e.seq - 1
        and p.state ->> 'status' = e.state ->> 'status') as stops,
    e.actor not like 'agent:%' and e.actor <> 'holdpoint' as by_person,
    coalesce(e.seq > l.ended_seq, false) as late, is_marked_kind(e.kind) as marked_kind,
    case when e.seq = l.ended_seq then l.ended_at end as ended_at,
    case when e.seq = l.ended_seq then l.status end as ended_as
  from run_events e left join run_lives l using (workflow_id);

-- What is visible and not counted yet, of a window. STABLE: it sees what the statement sees that also reads the counts,
-- so the two never overlap and leave nothing out. Found by transaction id; the planner, which knows nothing of the newest
-- rows, would else read whole partitions.
create function fresh_events(since timestamptz, until timestamptz)
returns table (workflow_id uuid, seq bigint, at timestamptz, agent_id text, kind text, stops boolean, late boolean,
  marked boolean, ended_at timestamptz, ended_as text)
language plpgsql stable security definer rows 100 set search_path from current
set enable_seqscan to off set enable_bitmapscan to off set enable_hashjoin to off set enable_mergejoin to off
set jit to off as $$
begin
  return query
    with counted as materialized (select snapshot from history_position)
    select f.workflow_id, f.seq, f.at, f.agent_id, f.kind, f.stops, f.late,
      f.stops or f.by_person or f.late or f.marked_kind, f.ended_at, f.ended_as
    from (
      (select c.* from counted_events c
        where c.xid >= (select pg_snapshot_xmax(snapshot) from counted) order by c.xid offset 0)
      union all
      (select c.* from counted_events c
        where c.xid = any (array(select pg_snapshot_xip(snapshot) from counted)) offset 0)) f
    where f.at >= since and f.at < until;
end $$;

-- The same snapshot as it was before any transaction after `upto`.
create function snapshot_up_to(whole pg_snapshot, upto xid8) returns pg_snapshot
language sql immutable as $$
  select case when upto is null or upto >= pg_snapshot_xmax(whole) then whole
    else format('%s:%s:%s', coalesce(open[1]::text::numeric, upto::text::numeric + 1), upto::text::numeric + 1,
      array_to_string(open, ','))::pg_snapshot end
  from (select array(select x from pg_snapshot_xip(whole) x where x <= upto order by x) as open) o
$$;

-- Counts what came since: at least one transaction, and about `most` events; returns how many. Every event that the new
-- position sees and the old one did not is counted in the transaction that moves the position: none twice, none never,
-- whoever leads and whatever was open meanwhile.
create function count_history(most integer default 20000) returns integer
language plpgsql security definer set search_path from current
set enable_seqscan to off set enable_bitmapscan to off set enable_hashjoin to off set enable_mergejoin to off
set jit to off as $$
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
    insert into end_counts as c (hour, status, runs)
      select date_bin('1 hour', n.ended_at, timestamptz 'epoch'), n.ended_as, count(*) from named n
      where n.ended_as is not null group by 1, 2
      on conflict (status, hour) do update set runs = c.runs + excluded.runs
  ), marks as (
    insert into event_marks (at, workflow_id, seq, agent, kind, stops, late)
      select n.at, n.workflow_id, n.seq, n.agent, n.kind, n.stops, n.late from named n
      where n.stops or n.by_person or n.late or n.marked_kind
  ), moved as (
    update history_position set snapshot = new
  )
  select count(*) into counted from named;
  return counted;
end $$;

grant select on history_position, history_agents, event_counts, end_counts, event_marks to holdpoint_server;
grant execute on function fresh_events(timestamptz, timestamptz), count_history(integer) to holdpoint_server;
