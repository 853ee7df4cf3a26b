-- What the fleet page keeps: filters under a name, and how many runs were in which state, now and then.

create table saved_views (
  name text primary key check (char_length(name) between 1 and 80),
  search text not null check (char_length(search) <= 2000),
  made_by text not null,
  made_at timestamptz not null default clock_timestamp()
);

create function save_view(view_name text, search text, actor text) returns void
language plpgsql security definer set search_path from current as $$
begin
  perform check_actor(actor, null);
  insert into saved_views (name, search, made_by) values (view_name, save_view.search, actor)
    on conflict (name) do update set search = excluded.search, made_by = excluded.made_by, made_at = clock_timestamp();
  insert into agent_audit_log (action, target_table, target_row_id, data_after, data_timestamp, actor)
    values ('view.save', 'saved_views', view_name, jsonb_build_object('search', save_view.search), clock_timestamp(), actor);
end $$;

create function remove_view(view_name text, actor text) returns void
language plpgsql security definer set search_path from current as $$
declare
  gone saved_views;
begin
  perform check_actor(actor, null);
  delete from saved_views where name = view_name returning * into gone;
  if not found then
    raise exception 'there is no view "%": nothing was done', view_name using errcode = 'HP015';
  end if;
  insert into agent_audit_log (action, target_table, target_row_id, data_before, data_timestamp, actor)
    values ('view.remove', 'saved_views', view_name, jsonb_build_object('search', gone.search), clock_timestamp(), actor);
end $$;

-- Runs by what a person is shown (protocol's runState), and how many ended since the sample before.
create table fleet_samples (
  at timestamptz primary key,
  counts jsonb not null,
  ended jsonb not null
);

-- What a person is shown of a run that has not ended; the reading of it is `runState` in the protocol.
create function shown_state(r workflow_checkpoints) returns text
language sql immutable as $$
  select case
    when r.status = 'running' then case when coalesce(r.waiting_on, 'null') = 'null' then 'running' else 'waiting' end
    when r.status = 'paused' then case when r.stop_reason = 'AWAITING_APPROVAL' then 'needs_approval' else 'paused' end
    else r.status
  end
$$;

-- Only what lives and what has ended since is counted: that does not grow with history. Nothing is sampled twice
-- within a second. Kept for 31 days.
create function record_fleet_sample() returns void
language plpgsql security definer set search_path from current as $$
declare
  now_at timestamptz;
  before timestamptz;
begin
  perform assert_operator();
  -- One at a time, or two would count the same ends.
  lock table fleet_samples in share row exclusive mode;
  now_at := clock_timestamp();
  select max(at) into before from fleet_samples;
  if before > now_at - interval '1 second' then return; end if;
  insert into fleet_samples (at, counts, ended)
    select now_at,
      (select coalesce(jsonb_object_agg(state, n), '{}') from (
        select shown_state(w) as state, count(*) as n from workflow_checkpoints w
        where w.status in ('queued', 'running', 'paused', 'approved', 'lost') group by 1) s),
      (select jsonb_object_agg(s.status, (select count(*) from workflow_checkpoints w
          where w.status = s.status and w.status_since > coalesce(before, now_at - interval '15 seconds') and w.status_since <= now_at))
        from unnest('{complete,failed,killed}'::text[]) s(status));
  delete from fleet_samples where at < now_at - interval '31 days';
end $$;

grant select on saved_views, fleet_samples to holdpoint_server;
grant execute on function save_view(text, text, text), remove_view(text, text), record_fleet_sample() to holdpoint_server;
