-- Loops that said when they will be heard of. What is due is computed by the server's leader (it knows calendars); what
-- was fired is written with the run itself.

-- An agent says how its loop is driven: {agentId, name, goal?, cron?, timeZone?, event?, expectMs?, graceMs?}.
-- Saying the same again changes nothing; another schedule counts from now on.
create or replace function declare_loop(spec jsonb) returns void
language plpgsql security definer set search_path from current as $$
declare
  zone text := coalesce(spec ->> 'timeZone', 'UTC');
begin
  if not may_act_as(spec ->> 'agentId') then
    raise exception 'login "%" may not act as agent "%": nothing was written', session_user, spec ->> 'agentId'
      using errcode = 'HP004';
  end if;
  if coalesce(spec ->> 'agentId', '') = '' then
    raise exception 'agentId is missing: nothing was written' using errcode = 'HP010';
  end if;
  if coalesce(spec ->> 'name', '') = '' or spec ->> 'event' = '' or (spec ->> 'cron' is null) = (spec ->> 'event' is null) then
    raise exception 'a loop has a name, and either a cron schedule or an event: nothing was written' using errcode = 'HP010';
  end if;
  if spec ->> 'cron' !~ '^[0-9A-Za-z*,/#LW?-]+( [0-9A-Za-z*,/#LW?-]+){4}$' then
    raise exception 'cron "%" has not five fields: nothing was written', spec ->> 'cron' using errcode = 'HP010',
      hint = 'Minute, hour, day of the month, month, day of the week: 0 3 * * 1-5';
  end if;
  if not exists (select from pg_timezone_names z where z.name = zone) then
    raise exception 'time zone "%" is not known: nothing was written', zone using errcode = 'HP010';
  end if;
  perform check_text('agentId', spec ->> 'agentId', 200), check_text('name', spec ->> 'name', 200), check_text('goal', spec ->> 'goal', 4000),
    check_text('cron', spec ->> 'cron', 200), check_text('event', spec ->> 'event', 200);
  if not exists (select from loops where agent_id = spec ->> 'agentId' and name = spec ->> 'name')
      and (select count(*) from loops where agent_id = spec ->> 'agentId') >= 200 then
    raise exception 'agent "%" has declared 200 loops: nothing was written', spec ->> 'agentId' using errcode = 'HP016',
      hint = 'One loop fires many runs. An operator retires loops that are no longer run.';
  end if;
  insert into loops as l (agent_id, name, goal, cron, time_zone, event, expect_ms, grace_ms)
    values (spec ->> 'agentId', spec ->> 'name', spec ->> 'goal', spec ->> 'cron', zone, spec ->> 'event',
      (spec ->> 'expectMs')::bigint, coalesce((spec ->> 'graceMs')::bigint, 60000))
    on conflict (agent_id, name) do update set goal = excluded.goal, cron = excluded.cron, time_zone = excluded.time_zone,
      event = excluded.event, expect_ms = excluded.expect_ms, grace_ms = excluded.grace_ms,
      declared_login = session_user, declared_at = clock_timestamp(), next_due_at = null, overdue_since = null,
      tended_until = null, trouble = null
    where (l.goal, l.cron, l.time_zone, l.event, l.expect_ms, l.grace_ms) is distinct from
      (excluded.goal, excluded.cron, excluded.time_zone, excluded.event, excluded.expect_ms, excluded.grace_ms);
end $$;

-- The run that starts is a firing of its loop. A time that was fired already is not fired twice, whoever asks.
create or replace function record_firing(r workflow_checkpoints) returns void
language plpgsql as $$
begin
  if not exists (select from loops where agent_id = r.agent_id and name = r."loop") then
    raise exception 'agent "%" has declared no loop "%": nothing was written', r.agent_id, r."loop"
      using errcode = 'HP010', hint = 'Declare it first (declare_loop).';
  end if;
  insert into loop_firings (agent_id, loop, due_at, fired_at, workflow_id)
    values (r.agent_id, r."loop", r.due_at, clock_timestamp(), r.workflow_id)
    on conflict (agent_id, loop, due_at) do update set fired_at = excluded.fired_at, workflow_id = excluded.workflow_id
      where loop_firings.fired_at is null;
  if not found then
    raise exception 'loop "%" was fired for % already: nothing was written', r."loop", shown_time(r.due_at)
      using errcode = 'HP015';
  end if;
end $$;

-- The leader's word on a loop: when it is due next, which times went by unfired, since when it is overdue, or why
-- that cannot be said. `until` is the database's time up to which this holds. Firings are kept for 90 days.
create or replace function tend_loop(agent text, loop_name text, until timestamptz, next_due timestamptz, overdue timestamptz default null,
  missed timestamptz[] default '{}', trouble_now text default null) returns void
language plpgsql security definer set search_path from current set lock_timeout to '100ms' as $$
begin
  perform assert_operator();
  -- An agent may keep a declaration or a firing of its own open for as long as it likes. Neither keeps the leader
  -- from other loops, and the leader gives way before a deadlock would be looked for: no agent's write fails of it.
  perform from loops where agent_id = agent and name = loop_name for no key update skip locked;
  if not found then return; end if;
  insert into loop_firings (agent_id, loop, due_at)
    select agent, loop_name, due from unnest(missed) due
    on conflict (agent_id, loop, due_at) do nothing;
  update loops set next_due_at = next_due, overdue_since = overdue, tended_until = until, trouble = trouble_now
    where agent_id = agent and name = loop_name;
  delete from loop_firings where agent_id = agent and loop = loop_name and coalesce(fired_at, due_at) < until - interval '90 days';
end $$;

-- Nobody runs this loop any more: it is no longer due. Its firings are kept. An agent that still runs it declares it
-- again when it starts.
create or replace function retire_loop(agent text, loop_name text, actor text, why text default null) returns void
language plpgsql security definer set search_path from current as $$
declare
  gone loops;
begin
  perform check_actor(actor, why);
  delete from loops where agent_id = agent and name = loop_name returning * into gone;
  if not found then
    raise exception 'agent "%" has no loop "%": nothing was done', agent, loop_name using errcode = 'HP015';
  end if;
  perform audit_act(agent, actor, 'loop.retire', 'loops', loop_name, jsonb_build_object('cron', gone.cron, 'event', gone.event),
    jsonb_build_object('why', why));
end $$;

grant execute on function declare_loop(jsonb) to agent_worker;

grant execute on function
  tend_loop(text, text, timestamptz, timestamptz, timestamptz, timestamptz[], text),
  retire_loop(text, text, text, text)
  to holdpoint_server;
