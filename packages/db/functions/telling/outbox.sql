-- The outbox, whose rows are made from the history by exact position. Nothing here is written in an agent's transaction.

create or replace function risk_rank(risk text) returns integer
language sql immutable as $$ select array_position('{low,medium,high}'::text[], risk) $$;

create or replace function texts_of(list jsonb) returns text[]
language sql immutable as $$ select array(select jsonb_array_elements_text(coalesce(list, '[]'))) $$;

-- The leader's: puts what is new in the history into the outbox of every channel that wants it, and moves the
-- position, in one transaction. What is new is exact whoever commits in which order: visible now, and not in the last
-- snapshot. `rules` is protocol's noticeRules; an event belongs to the first that fits. Returns true where the
-- position began anew: at the very first time, and in another database than the one it was about.
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

-- What is no event of a run goes straight into the outbox, in the transaction that makes it known: the leader's, or an
-- operator's.
create or replace function tell_channels(about text, key text, agent text, facts jsonb, run uuid default null) returns void
language sql as $$
  insert into notifications (channel_id, class, event_key, workflow_id, event_at, agent_id, facts)
    select c.channel_id, about, key, run, clock_timestamp(), agent, facts from notification_channels c
    where c.enabled and about = any (c.classes) and (c.agents = '{}' or agent = any (c.agents))
    on conflict (channel_id, event_key) do nothing
$$;

-- What a rule found without holding the run; a hold is an event, and told as one.
create or replace function tell_of_finding() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  perform tell_channels('detection', 'detection:' || new.detection_id, new.agent_id,
    jsonb_build_object('finding', new.finding, 'found', new.why), new.workflow_id);
  return null;
end $$;

create or replace function tell_of_isolation() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  perform tell_channels('agent.isolated', 'isolation:' || new.login || ':' || extract(epoch from new.isolated_at),
    new.agent_id, jsonb_build_object('by', new.isolated_by, 'why', new.isolated_why));
  return null;
end $$;

create or replace function tell_of_overdue_loop() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  perform tell_channels('loop.missed', 'loop:' || new.agent_id || ':' || new.name || ':' || extract(epoch from new.overdue_since),
    new.agent_id, jsonb_build_object('loop', new.name, 'overdueSince', new.overdue_since, 'goal', new.goal));
  return null;
end $$;

grant execute on function collect_notifications(jsonb) to holdpoint_server;
