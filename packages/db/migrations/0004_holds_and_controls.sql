-- Holds, and what an operator may do. Each verb is one transaction: it locks the run's row first, checks,
-- changes, writes the audit row, and wakes workers that listen. Only operators may call them.

-- How a hold ranks when several are open: the first gives the run its stop reason.
create function hold_rank(kind text) returns integer
language sql immutable as $$
  select array_position(array['isolation', 'operator_pause', 'detection', 'budget', 'breaker', 'check_in', 'restore',
    'approval', 'self'], kind)
$$;

-- Where a run goes when its last hold is cleared. A run that stopped itself is only cleared to go on
-- (approved) and takes the last edge itself; a rejection sticks until the agent or a person goes on.
create function next_resume_to(r workflow_checkpoints, wanted text) returns text
language sql immutable as $$
  select case
    when wanted = 'running' then 'running'
    -- A request made after the no, with nothing else open, is a new question.
    when r.status = 'paused' and r.resume_to = 'rejected' and not (wanted = 'approved' and r.held_by = '{}')
      then 'rejected'
    when wanted is not null then wanted
    when r.status in ('running', 'queued', 'approved') then r.status
    else r.resume_to
  end
$$;

-- Status and stop reason follow from the open holds; this is the one place that says how. Writes one event.
-- hint: {actor, detail, kind?, otherwise?}: `kind` names the event; without it the event is named after the
-- new status, or `otherwise` where the status stays. The caller holds the run's lock.
create function settle_run(run uuid, hint jsonb, control_now jsonb default null, resume_as text default null)
returns workflow_checkpoints
language plpgsql as $$
declare
  r workflow_checkpoints;
  top run_holds;
  kinds text[];
  back_to text;
  next_status text;
begin
  select * into r from workflow_checkpoints where workflow_id = run;
  select coalesce(array_agg(k.kind order by hold_rank(k.kind)), '{}') into kinds
    from (select distinct h.kind from run_holds h where h.workflow_id = run and h.cleared_at is null) k;
  select * into top from run_holds h where h.workflow_id = run and h.cleared_at is null
    order by hold_rank(h.kind), h.opened_at limit 1;
  back_to := next_resume_to(r, resume_as);
  next_status := case
    when r.status = 'lost' then 'lost'
    when cardinality(kinds) > 0 or (back_to = 'rejected' and r.status = 'paused') then 'paused'
    when r.status = 'paused' then coalesce(back_to, 'running')
    else r.status
  end;
  update workflow_checkpoints set
    status = next_status,
    held_by = kinds,
    resume_to = case when next_status = 'paused' then back_to end,
    paused_at = case when next_status = 'paused' and status <> 'paused' then clock_timestamp() else paused_at end,
    resumed_at = case when next_status = 'running' and status <> 'running' then clock_timestamp() else resumed_at end,
    stop_reason = case
      when next_status = 'lost' then stop_reason
      when next_status <> 'paused' then null
      when cardinality(kinds) = 0 then 'APPROVAL_REJECTED'
      else top.stop_reason end,
    stop_detail = case
      when next_status = 'lost' then stop_detail
      when next_status <> 'paused' then null
      when cardinality(kinds) = 0 then hint -> 'detail' ->> 'why'
      else top.why end,
    control = coalesce(control_now, control),
    event_hint = jsonb_set(hint - 'otherwise', '{kind}', to_jsonb(coalesce(hint ->> 'kind',
      case when next_status <> status then 'run.' || next_status end, hint ->> 'otherwise', 'run.progress')))
  where workflow_id = run returning * into r;
  return r;
end $$;

-- One audit row for what an operator did. Invariant 7: same transaction, or it did not happen.
create function audit_operator(r workflow_checkpoints, actor text, act text, before jsonb, after jsonb) returns void
language sql as $$
  insert into agent_audit_log (agent_id, workflow_id, action, target_table, target_row_id, data_before, data_after,
      data_timestamp, actor)
    values (r.agent_id, r.workflow_id, act, 'workflow_checkpoints', r.workflow_id::text, before, after,
      clock_timestamp(), actor)
$$;

-- A worker whose obedience can be observed: one with a lease that has not run out.
create function has_worker(run uuid) returns boolean
language sql stable as
$$ select exists (select from run_leases where workflow_id = run and lease_until > clock_timestamp()) $$;

-- A request at its first stage. With no worker there is nothing that could still be moving, so it is quiesced
-- at once; of a plain-SQL agent that cannot be known, so it never is.
create function control_requested(r workflow_checkpoints, verb text, actor text, why text) returns jsonb
language sql volatile set timezone to 'UTC' as $$
  select jsonb_build_object('verb', verb, 'by', actor, 'why', why, 'requestedAt', clock_timestamp(),
    'deliveredAt', null, 'acknowledgedAt', null,
    'quiescedAt', case when r.engine <> 'sql' and not has_worker(r.workflow_id) then clock_timestamp() end)
$$;

create function check_actor(actor text, why text) returns void
language plpgsql set search_path from current as $$
begin
  perform assert_operator();
  if coalesce(actor, '') = '' then
    raise exception 'the actor is missing: nothing was done' using errcode = 'HP010';
  end if;
  -- A verb must see what committed while it waited for the run's lock: a child, a hold, a decision.
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'a verb needs a READ COMMITTED transaction, not %: nothing was done',
      upper(current_setting('transaction_isolation')) using errcode = 'HP010';
  end if;
  perform check_text('the actor', actor, 200), check_text('the reason', why, 2000);
end $$;

-- Wakes the workers that listen. Any login may fill the queue of notifications by listening and not reading, and a
-- full queue refuses the whole transaction at its commit: no control may depend on it.
create function wake_workers(run uuid) returns void
language plpgsql as $$
begin
  if pg_notification_queue_usage() < 0.5 then perform pg_notify('holdpoint_control', run::text); end if;
end $$;

-- What an audit row keeps of a run before and after a verb.
create function held_state(r workflow_checkpoints) returns jsonb
language sql immutable as $$
  select jsonb_build_object('status', r.status, 'heldBy', r.held_by, 'stopReason', r.stop_reason, 'seq', r.seq)
$$;

create function pause_run(run uuid, actor text, why text default null) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  r workflow_checkpoints;
  before jsonb;
  earlier text;
begin
  perform check_actor(actor, why);
  r := lock_run(run);
  if is_final(r.status) then perform raise_ended(r); end if;
  select opened_by into earlier from run_holds
    where workflow_id = run and kind = 'operator_pause' and cleared_at is null;
  if found then
    raise exception 'run % was paused by % already: nothing was done', run, earlier using errcode = 'HP015';
  end if;
  before := held_state(r);
  insert into run_holds (workflow_id, kind, stop_reason, opened_by, why)
    values (run, 'operator_pause', 'USER_PAUSED', actor, why);
  r := settle_run(run, jsonb_build_object('actor', actor, 'otherwise', 'hold.opened',
    'detail', jsonb_build_object('hold', 'operator_pause', 'why', why)), control_requested(r, 'pause', actor, why));
  perform audit_operator(r, actor, 'run.pause', before, held_state(r) || jsonb_build_object('why', why));
  perform wake_workers(run);
  return run_state(r);
end $$;

-- Clears every hold that a person may lift by resuming. Approvals need their decision, isolation its release.
create function resume_run(run uuid, actor text, why text default null) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  r workflow_checkpoints;
  before jsonb;
  cleared integer;
begin
  perform check_actor(actor, why);
  r := lock_run(run);
  if is_final(r.status) then perform raise_ended(r); end if;
  before := held_state(r);
  update run_holds set cleared_at = clock_timestamp(), cleared_by = actor, cleared_why = resume_run.why
    where workflow_id = run and cleared_at is null and kind not in ('approval', 'isolation');
  get diagnostics cleared = row_count;
  if cleared = 0 and 'isolation' = any (r.held_by) then
    raise exception 'run % is held because its agent is isolated: nothing was done', run
      using errcode = 'HP001', hint = 'Release the agent.';
  elsif cleared = 0 and cardinality(r.held_by) > 0 then
    raise exception 'run % waits for a decision: nothing was done', run
      using errcode = 'HP001', hint = 'Approve or reject what it asks for.';
  elsif cleared = 0 and r.status <> 'paused' then
    raise exception 'run % is % and nothing holds it: nothing was done', run, r.status using errcode = 'HP015';
  end if;
  -- With nothing cleared the run was stopped by a rejection alone; a person lets it go on.
  r := settle_run(run, jsonb_build_object('actor', actor, 'otherwise', 'hold.cleared',
    'detail', jsonb_build_object('why', why)), control_requested(r, 'resume', actor, why),
    case when cleared = 0 then 'running' end);
  perform audit_operator(r, actor, 'run.resume', before, held_state(r) || jsonb_build_object('why', why));
  perform wake_workers(run);
  return run_state(r);
end $$;

-- Ends one run for good. The caller holds its lock and has seen that it has not ended.
create function kill_one(r workflow_checkpoints, actor text, why text) returns workflow_checkpoints
language plpgsql as $$
declare
  before jsonb := held_state(r);
  request jsonb := control_requested(r, 'kill', actor, why);
  in_flight integer := close_run(r.workflow_id, actor, 'the run was killed');
begin
  update workflow_checkpoints set status = 'killed', held_by = '{}', resume_to = null, stop_reason = 'USER_KILLED',
    stop_detail = why, waiting_on = null, current_tool = null, control = request,
    event_hint = jsonb_build_object('kind', 'run.killed', 'actor', actor,
      'detail', jsonb_build_object('why', why, 'inFlight', in_flight))
    where workflow_id = r.workflow_id returning * into r;
  perform audit_operator(r, actor, 'run.kill', before, held_state(r) || jsonb_build_object('why', why));
  perform wake_workers(r.workflow_id);
  return r;
end $$;

-- Ends a run and all below it for good. Returns the states of the runs it killed, the named one first.
-- Level by level, because an agent could nest runs deeper than a stack; through runs that ended before, because
-- what they started may still run. A level is read when the locks above it are held, or its parents have ended:
-- no child can be added meanwhile. `most` bounds one transaction, because an agent could start more runs than can
-- be killed in any patience; named again, a killed run's call goes on with what is left below it.
create function kill_run(run uuid, actor text, why text default null, most integer default null) returns setof jsonb
language plpgsql security definer set search_path from current as $$
declare
  r workflow_checkpoints;
  level uuid[] := array[run];
  living uuid[];
  below uuid;
  named workflow_checkpoints;
  killed integer := 0;
begin
  perform check_actor(actor, why);
  named := lock_run(run);
  if not is_final(named.status) then
    return next run_state(kill_one(named, actor, why));
    killed := 1;
  elsif named.status <> 'killed' then
    perform raise_ended(named);
  end if;
  loop
    select array_agg(workflow_id), array_agg(workflow_id order by workflow_id) filter (where not is_final(status))
      into level, living from workflow_checkpoints where parent_id = any (level);
    exit when level is null;
    foreach below in array coalesce(living, '{}') loop
      if killed >= most then return; end if;
      r := lock_run(below);
      continue when is_final(r.status);
      return next run_state(kill_one(r, actor, left('its parent was killed: ' || coalesce(why, 'no reason given'), 2000)));
      killed := killed + 1;
    end loop;
  end loop;
  if killed = 0 then perform raise_ended(named); end if;
end $$;

-- Isolation, in three steps of a transaction each: an agent that keeps a run's row locked must not be able to
-- keep its own login open. lock_agent_login -> end_agent_sessions -> hold_agent_runs.
create function lock_agent_login(agent text, actor text, reason text default null) returns void
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
  insert into agent_audit_log (agent_id, action, target_table, target_row_id, data_before, data_after, data_timestamp, actor)
    values (agent, 'agent.isolate', 'agent_logins', l.login, jsonb_build_object('isolatedAt', l.isolated_at),
      jsonb_build_object('why', reason), clock_timestamp(), actor);
end $$;

-- Ends the open connections of an isolated agent; returns how many.
create function end_agent_sessions(agent text) returns integer
language plpgsql security definer set search_path from current as $$
begin
  perform assert_operator();
  return (select count(pg_terminate_backend(a.pid, 5000)) from pg_stat_activity a
    join agent_logins l on l.login = a.usename
    where l.agent_id = agent and l.isolated_at is not null and a.pid <> pg_backend_pid());
end $$;

-- `most` bounds one transaction, for an agent that started very many runs; all are held when a call returns 0.
create function hold_agent_runs(agent text, actor text, reason text default null, most integer default null)
returns integer
language plpgsql security definer set search_path from current as $$
declare
  run uuid;
  r workflow_checkpoints;
  before jsonb;
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
    before := held_state(r);
    insert into run_holds (workflow_id, kind, stop_reason, opened_by, why)
      values (run, 'isolation', 'ISOLATED', actor, reason);
    r := settle_run(run, jsonb_build_object('actor', actor, 'otherwise', 'hold.opened',
      'detail', jsonb_build_object('hold', 'isolation', 'why', reason)), control_requested(r, 'pause', actor, reason));
    perform audit_operator(r, actor, 'run.isolate', before, held_state(r) || jsonb_build_object('why', reason));
    perform wake_workers(run);
    held := held + 1;
  end loop;
  return held;
end $$;

create function release_agent(agent text, actor text, reason text default null) returns integer
language plpgsql security definer set search_path from current as $$
declare
  l agent_logins;
  run uuid;
  r workflow_checkpoints;
  before jsonb;
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
    before := held_state(r);
    update run_holds set cleared_at = clock_timestamp(), cleared_by = actor, cleared_why = reason
      where workflow_id = run and kind = 'isolation' and cleared_at is null;
    continue when not found;
    r := settle_run(run, jsonb_build_object('actor', actor, 'otherwise', 'hold.cleared',
      'detail', jsonb_build_object('hold', 'isolation', 'why', reason)), control_requested(r, 'resume', actor, reason));
    perform audit_operator(r, actor, 'run.release', before, held_state(r) || jsonb_build_object('why', reason));
    perform wake_workers(run);
    released := released + 1;
  end loop;
  insert into agent_audit_log (agent_id, action, target_table, target_row_id, data_before, data_after, data_timestamp, actor)
    values (agent, 'agent.release', 'agent_logins', l.login, jsonb_build_object('isolatedAt', l.isolated_at),
      jsonb_build_object('why', reason), clock_timestamp(), actor);
  return released;
end $$;

-- Sessions that keep the given backend waiting: what a control waits behind.
create function blocking_sessions(waiting integer)
returns table (pid integer, login name, transaction_age double precision, is_agent boolean)
language plpgsql security definer set search_path from current as $$
begin
  perform assert_operator();
  return query
    select a.pid, a.usename, extract(epoch from clock_timestamp() - a.xact_start)::double precision,
      exists (select from agent_logins l where l.login = a.usename)
    from pg_stat_activity a where a.pid = any (pg_blocking_pids(waiting));
end $$;

-- Ends one session of an agent's login, so that a control can go through; its open transaction rolls back.
create function end_session(session_pid integer, actor text, why text default null) returns boolean
language plpgsql security definer set search_path from current as $$
declare
  a record;
begin
  perform check_actor(actor, why);
  select s.pid, s.usename, l.agent_id into a from pg_stat_activity s
    join agent_logins l on l.login = s.usename where s.pid = session_pid;
  if not found then
    raise exception 'no agent session with pid %: nothing was done', session_pid using errcode = 'HP011';
  end if;
  insert into agent_audit_log (agent_id, action, target_table, target_row_id, data_after, data_timestamp, actor)
    values (a.agent_id, 'session.end', 'pg_stat_activity', session_pid::text,
      jsonb_build_object('login', a.usename, 'why', why), clock_timestamp(), actor);
  return pg_terminate_backend(session_pid, 2000);
end $$;

-- A login of an agent, or (agent null) the trial login. Called by the owner after it made the role.
create function register_agent_login(login_name name, agent text) returns void
language sql security definer set search_path from current as $$
  insert into agent_logins (login, agent_id) values (login_name, agent)
    on conflict (login) do update set agent_id = excluded.agent_id
$$;
