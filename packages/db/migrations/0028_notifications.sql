-- Telling people outside the console: channels, and an outbox whose rows are made from the history by exact position.
-- Nothing here is written in an agent's transaction.

create table notification_channels (
  channel_id uuid primary key,
  name text not null check (char_length(name) between 1 and 80),
  kind text not null check (kind in ('webhook', 'slack', 'email')),
  -- What may be shown of where it leads.
  address text not null check (char_length(address) between 1 and 2000),
  classes text[] not null check (cardinality(classes) between 1 and 50),
  -- Of runs that stopped only those that stopped for one of these.
  reasons text[] not null default '{}' check (cardinality(reasons) <= 50),
  -- Empty: every agent.
  agents text[] not null default '{}' check (cardinality(agents) <= 200),
  minimum_risk text check (minimum_risk in ('low', 'medium', 'high')),
  enabled boolean not null default true,
  made_by text not null,
  made_at timestamptz not null default clock_timestamp()
);
create unique index channels_by_name on notification_channels (lower(name));

-- Sealed by the server with a key that the database does not have. No role may read it: claim_notifications hands it
-- to the sender, with the message that it is for.
create table notification_secrets (
  channel_id uuid primary key references notification_channels on delete cascade,
  sealed bytea not null check (octet_length(sealed) between 30 and 16384)
);

create table notifications (
  notification_id uuid primary key default gen_random_uuid(),
  channel_id uuid not null references notification_channels on delete cascade,
  class text not null,
  event_key text not null,
  -- The event of a run; null for what is no run's.
  workflow_id uuid,
  seq bigint,
  event_at timestamptz not null,
  agent_id text,
  -- What is known of an event that is no run's.
  facts jsonb,
  state text not null default 'pending' check (state in ('pending', 'sending', 'sent', 'failed')),
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default clock_timestamp(),
  claim uuid,
  lease_until timestamptz,
  last_error text,
  failed_at timestamptz,
  sent_at timestamptz,
  made_at timestamptz not null default clock_timestamp(),
  -- An event is told to a channel once.
  unique (channel_id, event_key)
);
create index notifications_due on notifications (channel_id, next_attempt_at) where state = 'pending';
create index notifications_sending on notifications (channel_id, lease_until) where state = 'sending';
create index notifications_failed on notifications (channel_id, failed_at) where state = 'failed';
create index notifications_stumbled on notifications (channel_id, failed_at desc) where failed_at is not null;
create index notifications_sent on notifications (channel_id, sent_at desc) where state = 'sent';

-- How far the history was read. In the database itself, so that it is restored together with what it is about.
create table notification_tail (
  one boolean primary key default true check (one),
  cluster text not null,
  snapshot pg_snapshot not null
);

create function risk_rank(risk text) returns integer
language sql immutable as $$ select array_position('{low,medium,high}'::text[], risk) $$;

-- The leader's: puts what is new in the history into the outbox of every channel that wants it, and moves the position,
-- in one transaction. What is new is exact whoever commits in which order: visible now, and not in the last snapshot.
-- `rules` is protocol's noticeRules; an event belongs to the first that fits. Returns true where the position began
-- anew: at the very first time, and in another database than the one it was about.
create function collect_notifications(rules jsonb) returns boolean
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
    select e.* from now_at cross join lateral (
      select workflow_id, seq, kind, at, detail, state from run_events
      where xid >= pg_snapshot_xmax(was.snapshot) and xid < pg_snapshot_xmax(now_at.snapshot)
      union all
      select workflow_id, seq, kind, at, detail, state from run_events
      where xid = any (array(select pg_snapshot_xip(was.snapshot)))) e),
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
create function tell_channels(about text, key text, agent text, facts jsonb, run uuid default null) returns void
language sql as $$
  insert into notifications (channel_id, class, event_key, workflow_id, event_at, agent_id, facts)
    select c.channel_id, about, key, run, clock_timestamp(), agent, facts from notification_channels c
    where c.enabled and about = any (c.classes) and (c.agents = '{}' or agent = any (c.agents))
    on conflict (channel_id, event_key) do nothing
$$;

create function tell_of_overdue_loop() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  perform tell_channels('loop.missed', 'loop:' || new.agent_id || ':' || new.name || ':' || extract(epoch from new.overdue_since),
    new.agent_id, jsonb_build_object('loop', new.name, 'overdueSince', new.overdue_since, 'goal', new.goal));
  return null;
end $$;
create trigger tell_of_overdue_loop after update of overdue_since on loops
  for each row when (old.overdue_since is null and new.overdue_since is not null) execute function tell_of_overdue_loop();

-- What a rule found without holding the run; a hold is an event, and told as one.
create function tell_of_finding() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  perform tell_channels('detection', 'detection:' || new.detection_id, new.agent_id,
    jsonb_build_object('finding', new.finding, 'found', new.why), new.workflow_id);
  return null;
end $$;
create trigger tell_of_finding after insert on detections
  for each row when (new.hold_id is null) execute function tell_of_finding();

create function tell_of_isolation() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  perform tell_channels('agent.isolated', 'isolation:' || new.login || ':' || extract(epoch from new.isolated_at),
    new.agent_id, jsonb_build_object('by', new.isolated_by, 'why', new.isolated_why));
  return null;
end $$;
create trigger tell_of_isolation after update of isolated_at on agent_logins
  for each row when (new.isolated_at is not null and new.isolated_at is distinct from old.isolated_at)
  execute function tell_of_isolation();

-- Hands due messages to a sender, each to one: at most `most`, and of one channel no more than `per_channel` at a time
-- over all servers, so that a receiver that hangs keeps nothing from the others. A claim is a lease: a sender that
-- dies is replaced, and its message is sent again under the same id. An attempt counts when it begins.
create function claim_notifications(most integer, per_channel integer, lease_seconds integer, most_attempts integer)
returns table (notification_id uuid, claim uuid, class text, channel_id uuid, kind text, address text, sealed bytea)
language plpgsql security definer set search_path from current as $$
begin
  perform assert_operator();
  update notifications n set state = 'failed', claim = null, lease_until = null, failed_at = clock_timestamp(),
      last_error = 'the server stopped while it was sending'
    where n.state = 'sending' and n.lease_until <= clock_timestamp() and n.attempts >= most_attempts;
  return query
    with due as (
      select d.notification_id from notification_channels c cross join lateral (
        select n.notification_id from notifications n
        where n.channel_id = c.channel_id and (c.enabled or n.class = 'test')
          and (n.state = 'pending' and n.next_attempt_at <= clock_timestamp()
            or n.state = 'sending' and n.lease_until <= clock_timestamp())
        order by n.next_attempt_at
        limit greatest(0, per_channel - (select count(*) from notifications b
          where b.channel_id = c.channel_id and b.state = 'sending' and b.lease_until > clock_timestamp()))
        for update of n skip locked) d
      -- No channel is always the last.
      order by random() limit most),
    taken as (
      update notifications n set state = 'sending', claim = gen_random_uuid(), attempts = n.attempts + 1,
          lease_until = clock_timestamp() + lease_seconds * interval '1 second'
        from due where n.notification_id = due.notification_id returning n.*)
    select t.notification_id, t.claim, t.class, t.channel_id, c.kind, c.address, s.sealed
    from taken t join notification_channels c on c.channel_id = t.channel_id
    left join notification_secrets s on s.channel_id = t.channel_id;
end $$;

-- What became of a claimed message; false where the claim is no longer this sender's. `failure` null: it was sent.
-- Tried again after 5 s, 15 s, 45 s and so on up to 4 h, less up to half of it at random; `give_up`: never again.
create function settle_notification(notification uuid, held_claim uuid, failure text, give_up boolean, not_before_ms integer,
  most_attempts integer) returns boolean
language plpgsql security definer set search_path from current as $$
begin
  perform assert_operator();
  update notifications set claim = null, lease_until = null,
      state = case when failure is null then 'sent' when give_up or attempts >= most_attempts then 'failed' else 'pending' end,
      sent_at = case when failure is null then clock_timestamp() end,
      failed_at = case when failure is null then failed_at else clock_timestamp() end,
      last_error = coalesce(left(failure, 500), last_error),
      next_attempt_at = clock_timestamp() + greatest(coalesce(not_before_ms, 0) / 1000.0,
        least(14400, 5 * power(3, least(attempts, 12) - 1)) * (0.5 + random() / 2)) * interval '1 second'
    where notification_id = notification and state = 'sending' and claim = held_claim;
  return found;
end $$;

-- What was sent is kept for 30 days, what was given up for 90. Returns how many went.
create function forget_old_notifications(most integer) returns integer
language plpgsql security definer set search_path from current as $$
declare
  gone integer;
begin
  perform assert_operator();
  delete from notifications where notification_id in (
    select o.notification_id from notifications o
    where o.state = 'sent' and o.sent_at < clock_timestamp() - interval '30 days'
      or o.state = 'failed' and o.failed_at < clock_timestamp() - interval '90 days' limit most);
  get diagnostics gone = row_count;
  return gone;
end $$;

-- What an audit row keeps of a channel: never its secrets.
create function channel_facts(c notification_channels) returns jsonb
language sql stable as $$
  select jsonb_build_object('name', c.name, 'kind', c.kind, 'address', c.address, 'classes', c.classes, 'reasons', c.reasons,
    'agents', c.agents, 'minimumRisk', c.minimum_risk, 'enabled', c.enabled)
$$;

create function audit_channel(channel uuid, act text, actor text, before jsonb, after jsonb) returns void
language sql as $$
  insert into agent_audit_log (action, target_table, target_row_id, data_before, data_after, data_timestamp, actor)
    values (act, 'notification_channels', channel::text, before, after, clock_timestamp(), actor)
$$;

create function texts_of(list jsonb) returns text[]
language sql immutable as $$ select array(select jsonb_array_elements_text(coalesce(list, '[]'))) $$;

-- Makes a channel, or changes one: {name, kind, address, classes, reasons, agents, minimumRisk, enabled}. Its kind never
-- changes; `sealed` null keeps the secrets it has.
create function save_channel(channel uuid, spec jsonb, sealed bytea, actor text) returns void
language plpgsql security definer set search_path from current as $$
declare
  before notification_channels;
  c notification_channels;
begin
  perform check_actor(actor, null);
  select * into before from notification_channels where channel_id = channel for no key update;
  if exists (select from notification_channels n where lower(n.name) = lower(spec ->> 'name') and n.channel_id <> channel) then
    raise exception 'there is a channel "%" already: nothing was done', spec ->> 'name' using errcode = 'HP010';
  end if;
  if before.channel_id is null and sealed is null or before.kind <> spec ->> 'kind' then
    raise exception 'a channel has its kind and its secrets from the start: nothing was done' using errcode = 'HP010';
  end if;
  if before.channel_id is null and (select count(*) from notification_channels) >= 100 then
    raise exception 'there are 100 channels: nothing was done' using errcode = 'HP016';
  end if;
  insert into notification_channels as n (channel_id, name, kind, address, classes, reasons, agents, minimum_risk, enabled, made_by)
    values (channel, spec ->> 'name', spec ->> 'kind', spec ->> 'address', texts_of(spec -> 'classes'), texts_of(spec -> 'reasons'),
      texts_of(spec -> 'agents'), spec ->> 'minimumRisk', (spec ->> 'enabled')::boolean, actor)
    on conflict (channel_id) do update set name = excluded.name, address = excluded.address, classes = excluded.classes,
      reasons = excluded.reasons, agents = excluded.agents, minimum_risk = excluded.minimum_risk, enabled = excluded.enabled
    returning * into c;
  insert into notification_secrets as s (channel_id, sealed) select channel, save_channel.sealed where save_channel.sealed is not null
    on conflict (channel_id) do update set sealed = excluded.sealed;
  perform audit_channel(channel, case when before.channel_id is null then 'channel.add' else 'channel.change' end, actor,
    case when before.channel_id is not null then channel_facts(before) end,
    channel_facts(c) || jsonb_build_object('newSecrets', sealed is not null));
end $$;

create function remove_channel(channel uuid, actor text) returns void
language plpgsql security definer set search_path from current as $$
declare
  gone notification_channels;
  unsent integer;
begin
  perform check_actor(actor, null);
  select count(*) into unsent from notifications where channel_id = channel and state <> 'sent';
  delete from notification_channels where channel_id = channel returning * into gone;
  if not found then
    raise exception 'there is no such channel: nothing was done' using errcode = 'HP015';
  end if;
  perform audit_channel(channel, 'channel.remove', actor, channel_facts(gone), jsonb_build_object('unsent', unsent));
end $$;

-- A message that says it is a test, on the way of all others.
create function test_channel(channel uuid, actor text) returns uuid
language plpgsql security definer set search_path from current as $$
declare
  made uuid := gen_random_uuid();
begin
  perform check_actor(actor, null);
  perform from notification_channels where channel_id = channel for key share;
  if not found then
    raise exception 'there is no such channel: nothing was done' using errcode = 'HP015';
  end if;
  insert into notifications (notification_id, channel_id, class, event_key, event_at, facts)
    values (made, channel, 'test', 'test:' || made, clock_timestamp(), jsonb_build_object('by', actor));
  perform audit_channel(channel, 'channel.test', actor, null, jsonb_build_object('notification', made));
  return made;
end $$;

-- What was given up is tried anew, as often as at first; what waits is tried at once.
create function retry_notifications(channel uuid, actor text) returns integer
language plpgsql security definer set search_path from current as $$
declare
  again integer;
begin
  perform check_actor(actor, null);
  update notifications set state = 'pending', next_attempt_at = clock_timestamp(),
      attempts = case state when 'failed' then 0 else attempts end
    where channel_id = channel and state in ('failed', 'pending');
  get diagnostics again = row_count;
  if again = 0 then
    raise exception 'nothing of this channel waits to be sent: nothing was done' using errcode = 'HP015';
  end if;
  perform audit_channel(channel, 'channel.retry', actor, null, jsonb_build_object('messages', again));
  return again;
end $$;

grant select on notification_channels, notifications, notification_tail to holdpoint_server;
grant execute on function collect_notifications(jsonb), claim_notifications(integer, integer, integer, integer),
  settle_notification(uuid, uuid, text, boolean, integer, integer), forget_old_notifications(integer),
  save_channel(uuid, jsonb, bytea, text), remove_channel(uuid, text), test_channel(uuid, text), retry_notifications(uuid, text)
  to holdpoint_server;
