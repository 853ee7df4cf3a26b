-- What an operator may do with an agent's login and its sessions.

-- Isolation, in three steps of a transaction each: an agent that keeps a run's row locked must not be able to
-- keep its own login open. lock_agent_login -> end_agent_sessions -> hold_agent_runs.
create or replace function lock_agent_login(agent text, actor text, reason text default null) returns void
language plpgsql security definer set search_path from current as $$
declare
  l agent_logins;
begin
  perform check_actor(actor, reason);
  select * into l from agent_logins where agent_id = agent for update;
  if not found then
    raise exception 'agent "%" has no login of its own: nothing was done', agent
      using errcode = 'HP011', hint = 'It works through the shared login; kill its runs, or give it a login (holdpoint agent add).';
  end if;
  execute format('alter role %I nologin', l.login);
  update agent_logins set isolated_at = clock_timestamp(), isolated_by = actor, isolated_why = reason
    where login = l.login;
  perform audit_login(l, actor, 'agent.isolate', reason);
end $$;

-- Ends the open connections of an isolated agent; returns how many. The log has which and by whom, before they end.
create or replace function end_agent_sessions(agent text, actor text, reason text default null) returns integer
language plpgsql security definer set search_path from current as $$
declare
  l agent_logins;
  sessions integer[];
begin
  perform check_actor(actor, reason);
  select * into l from agent_logins where agent_id = agent and isolated_at is not null;
  if not found then
    raise exception 'the login of agent "%" is not locked: nothing was done', agent
      using errcode = 'HP011', hint = 'Call lock_agent_login first.';
  end if;
  sessions := array(select a.pid from pg_stat_activity a where a.usename = l.login and a.pid <> pg_backend_pid() order by 1);
  perform audit_act(agent, actor, 'agent.end_sessions', 'agent_logins', l.login, jsonb_build_object('sessions', sessions),
    jsonb_build_object('sessions', '[]'::jsonb, 'why', reason));
  return (select count(pg_terminate_backend(pid, 5000)) from unnest(sessions) pid);
end $$;

-- `most` bounds one transaction, for an agent that started very many runs; all are held when a call returns 0.
create or replace function hold_agent_runs(agent text, actor text, reason text default null, most integer default null)
returns integer
language plpgsql security definer set search_path from current as $$
declare
  run uuid;
  r workflow_checkpoints;
  held integer := 0;
begin
  perform check_actor(actor, reason);
  -- Only release_agent lifts such a hold, and it needs the login.
  if not exists (select from agent_logins where agent_id = agent and isolated_at is not null) then
    raise exception 'the login of agent "%" is not locked: nothing was done', agent
      using errcode = 'HP011', hint = 'Call lock_agent_login first.';
  end if;
  for run in
    select workflow_id from workflow_checkpoints
    where agent_id = agent and status not in ('complete', 'failed', 'killed') and not 'isolation' = any (held_by)
    order by workflow_id limit most
  loop
    r := lock_run(run);
    continue when is_final(r.status) or 'isolation' = any (r.held_by);
    insert into run_holds (workflow_id, kind, stop_reason, opened_by, why)
      values (run, 'isolation', 'ISOLATED', actor, reason);
    perform finish_control(r, 'pause', 'run.isolate', actor, reason, 'isolation');
    held := held + 1;
  end loop;
  return held;
end $$;

create or replace function release_agent(agent text, actor text, reason text default null) returns integer
language plpgsql security definer set search_path from current as $$
declare
  l agent_logins;
  run uuid;
  r workflow_checkpoints;
  released integer := 0;
begin
  perform check_actor(actor, reason);
  select * into l from agent_logins where agent_id = agent for update;
  if not found then
    raise exception 'agent "%" has no login of its own: nothing was done', agent using errcode = 'HP011';
  elsif l.isolated_at is null then
    raise exception 'agent "%" is not isolated: nothing was done', agent using errcode = 'HP015';
  end if;
  execute format('alter role %I login', l.login);
  update agent_logins set isolated_at = null, isolated_by = null, isolated_why = null where login = l.login;
  for run in
    select distinct workflow_id from run_holds
    where kind = 'isolation' and cleared_at is null
      and workflow_id in (select w.workflow_id from workflow_checkpoints w where w.agent_id = agent) order by 1
  loop
    r := lock_run(run);
    update run_holds set cleared_at = clock_timestamp(), cleared_by = actor, cleared_why = reason
      where workflow_id = run and kind = 'isolation' and cleared_at is null;
    continue when not found;
    perform finish_control(r, 'resume', 'run.release', actor, reason, 'isolation');
    released := released + 1;
  end loop;
  perform audit_login(l, actor, 'agent.release', reason);
  return released;
end $$;

-- One audit row for what an operator did to an agent's login; `l` is the login as it was.
create or replace function audit_login(l agent_logins, actor text, act text, why text) returns void
language sql as $$
  select audit_act(l.agent_id, actor, act, 'agent_logins', l.login, jsonb_build_object('isolatedAt', l.isolated_at),
    jsonb_build_object('why', why))
$$;

grant execute on function
  lock_agent_login(text, text, text), end_agent_sessions(text, text, text), hold_agent_runs(text, text, text, integer),
  release_agent(text, text, text)
  to holdpoint_server;
