-- What an SDK or an adapter calls: one function, one round trip each. A worker holds a run by a lease with
-- an epoch; a worker with an older epoch is fenced off. Callers are agents, so each checks whose run it is.

-- Locks the run and checks that this login may act for it. Does not look at its state.
create function lock_own_run(run uuid) returns workflow_checkpoints
language plpgsql as $$
declare
  r workflow_checkpoints;
begin
  select * into r from workflow_checkpoints where workflow_id = run for no key update;
  -- The same words for another agent's run as for none: ids are not confirmed.
  if not found or not may_act_as(r.agent_id) then
    raise exception 'no run %: nothing was written', run using errcode = 'HP005';
  end if;
  return r;
end $$;

create function check_epoch(r workflow_checkpoints, caller_epoch integer) returns void
language plpgsql as $$
begin
  if r.epoch is distinct from caller_epoch then
    raise exception 'run % is held by another worker (epoch %, yours is %): nothing was written',
      r.workflow_id, r.epoch, caller_epoch
      using errcode = 'HP006', hint = 'Stop: another worker has gone on with this run.';
  end if;
end $$;

-- Stages of a control that this call proves, as columns of the row; null when there is nothing new.
create function control_reached(control jsonb, stage text) returns jsonb
language sql volatile set timezone to 'UTC' as $$
  select case when control is null then null else
    control
      || case when control ->> 'deliveredAt' is null then jsonb_build_object('deliveredAt', clock_timestamp()) else '{}' end
      || case when stage in ('acknowledged', 'quiesced') and control ->> 'acknowledgedAt' is null
           then jsonb_build_object('acknowledgedAt', clock_timestamp()) else '{}' end
      || case when stage = 'quiesced' and control ->> 'quiescedAt' is null
           then jsonb_build_object('quiescedAt', clock_timestamp()) else '{}' end
  end
$$;

-- A worker tells how far a pause, resume or kill got: delivered, acknowledged or quiesced. Also for a run that
-- was killed: it moves the request's stages and nothing else.
create function control_ack(run uuid, caller_epoch integer, stage text) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  r workflow_checkpoints;
  reached jsonb;
begin
  if stage is null or stage not in ('delivered', 'acknowledged', 'quiesced') then
    raise exception 'unknown stage "%": nothing was written', stage using errcode = 'HP010';
  end if;
  r := lock_own_run(run);
  perform check_epoch(r, caller_epoch);
  -- Its word would be the agent's own: without a lease nobody can be observed to obey.
  if r.engine = 'sql' then
    raise exception 'run % is driven by plain SQL: whether it obeyed cannot be observed', run using errcode = 'HP003';
  end if;
  if stage = 'quiesced' and exists (
      select from actions where workflow_id = run and state in ('intended', 'accepted')) then
    raise exception 'run % has an action in flight: not quiesced', run using errcode = 'HP003';
  end if;
  reached := control_reached(r.control, stage);
  if reached is distinct from r.control then
    update workflow_checkpoints set control = reached,
      event_hint = jsonb_build_object('kind', 'control.' || stage, 'detail', jsonb_build_object('outcome', r.control ->> 'verb'))
      where workflow_id = run returning * into r;
  end if;
  return run_state(r);
end $$;

-- A lease is 1 s to 1 h long: a worker cannot make itself one that never runs out.
create function lease_length(lease_ms integer) returns interval
language sql immutable as
$$ select make_interval(secs => least(greatest(lease_ms, 1000), 3600000) / 1000.0) $$;

create function lease_run(run uuid, run_epoch integer, worker_name text, lease_ms integer) returns void
language sql as $$
  insert into run_leases (workflow_id, epoch, worker, login, heartbeat_at, lease_until)
    values (run, run_epoch, worker_name, session_user, clock_timestamp(), clock_timestamp() + lease_length(lease_ms))
    on conflict (workflow_id) do update set epoch = excluded.epoch, worker = excluded.worker, login = excluded.login,
      heartbeat_at = excluded.heartbeat_at, lease_until = excluded.lease_until
$$;

-- Starts a run under a lease. spec: {runId?, agentId, goal?, skill?, skillVersion?, parentId?, labels?, engine?,
-- nativeId?, capabilities?, step?, limits?: {tokens, costUsd, steps, deadline}, worker, leaseMs}.
create function start_run(spec jsonb) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  r workflow_checkpoints;
  limits jsonb := coalesce(spec -> 'limits', '{}');
begin
  if not may_act_as(spec ->> 'agentId') then
    raise exception 'login "%" may not act as agent "%": nothing was written', session_user, spec ->> 'agentId'
      using errcode = 'HP004';
  end if;
  if coalesce(spec ->> 'worker', '') = '' then
    raise exception 'worker is missing: nothing was written' using errcode = 'HP010';
  end if;
  -- "sql" promises an operator less than a lease does; claim_run refuses such a run.
  if spec ->> 'engine' = 'sql' then
    raise exception 'a run under a lease cannot have the engine "sql": nothing was written' using errcode = 'HP010';
  end if;
  perform check_text('worker', spec ->> 'worker', 200);
  begin
    insert into workflow_checkpoints (workflow_id, agent_id, goal, skill, skill_version, parent_id, labels, engine,
        native_id, capabilities, current_step, status, worker, epoch, limit_tokens, limit_cost_usd, limit_steps, deadline_at)
      values (coalesce((spec ->> 'runId')::uuid, gen_random_uuid()), spec ->> 'agentId', spec ->> 'goal', spec ->> 'skill',
        spec ->> 'skillVersion', (spec ->> 'parentId')::uuid, coalesce(spec -> 'labels', '{}'),
        coalesce(spec ->> 'engine', 'sdk'), spec ->> 'nativeId', spec -> 'capabilities', spec ->> 'step', 'running',
        spec ->> 'worker', 1, (limits ->> 'tokens')::bigint, (limits ->> 'costUsd')::numeric,
        (limits ->> 'steps')::integer, (limits ->> 'deadline')::timestamptz)
      returning * into r;
  exception when unique_violation then
    raise exception 'run % exists already: nothing was written', spec ->> 'runId'
      using errcode = 'HP017', hint = 'Claim it (claim_run) to go on with it.';
  end;
  perform lease_run(r.workflow_id, 1, spec ->> 'worker', coalesce((spec ->> 'leaseMs')::integer, 15000));
  return run_state(r);
end $$;

-- Takes over a run whose lease is gone or ran out: a new epoch, the old worker is fenced off. Returns
-- {run, memory, steps}: what to go on from. A held run may be claimed; it waits like any other.
create function claim_run(run uuid, worker_name text, lease_ms integer default 15000) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  r workflow_checkpoints;
  top run_holds;
begin
  r := lock_own_run(run);
  if is_final(r.status) then perform raise_ended(r); end if;
  if has_worker(run) then
    raise exception 'run % is held by worker "%": nothing was written', run, r.worker
      using errcode = 'HP017', hint = 'Wait until its lease runs out.';
  end if;
  if r.engine = 'sql' then
    raise exception 'run % is driven by plain SQL and has no lease: nothing was written', run using errcode = 'HP003';
  end if;
  perform check_text('worker', worker_name, 200);
  perform settle_actions_in_flight(run);
  perform lease_run(run, r.epoch + 1, worker_name, lease_ms);
  top := top_hold(run);
  update workflow_checkpoints set epoch = r.epoch + 1, worker = worker_name, current_tool = null,
    status = case when status in ('lost', 'queued') then case when top.kind is null then 'running' else 'paused' end
      else status end,
    -- Once the holds are cleared it runs: it has a worker now.
    resume_to = case when status = 'lost' and top.kind is not null or resume_to = 'queued' then 'running' else resume_to end,
    stop_reason = case when status = 'lost' then top.stop_reason else stop_reason end,
    stop_detail = case when status = 'lost' then top.why else stop_detail end,
    event_hint = jsonb_build_object('kind', 'run.claimed', 'detail', jsonb_build_object('outcome', worker_name))
    where workflow_id = run returning * into r;
  return jsonb_build_object('run', run_state(r),
    'memory', (select m.memory from run_memory m where m.workflow_id = run),
    'steps', coalesce((select jsonb_agg(jsonb_build_object('name', s.name, 'occurrence', s.occurrence, 'result', s.result)
      order by s.started_at) from run_steps s where s.workflow_id = run and s.state = 'done'), '[]'));
end $$;

-- Renews every lease of one worker in one statement; makes no events. Returns what the worker must know of its
-- runs: those it asked about that are held, ended, taken over, or have a request it has not acknowledged.
create function heartbeat(worker_name text, runs uuid[], lease_ms integer default 15000)
returns table (run_id uuid, status text, held_by text[], stop_reason text, run_epoch integer, control jsonb)
language plpgsql security definer set search_path from current as $$
begin
  update run_leases l set heartbeat_at = clock_timestamp(), lease_until = clock_timestamp() + lease_length(lease_ms)
    where l.worker = worker_name and l.login = session_user and l.workflow_id = any (runs);
  return query
    select w.workflow_id, w.status, w.held_by, w.stop_reason, w.epoch, w.control
    from workflow_checkpoints w
    where w.workflow_id = any (runs) and may_act_as(w.agent_id)
      and (w.status <> 'running' or w.control ->> 'acknowledgedAt' is null and w.control is not null
        or not exists (select from run_leases l where l.workflow_id = w.workflow_id and l.worker = worker_name));
end $$;

-- What is spent is added, never taken back (invariant 13).
create function check_spend(said jsonb) returns void
language plpgsql immutable as $$
begin
  if least((said ->> 'tokensIn')::bigint, (said ->> 'tokensOut')::bigint) < 0
      or (said ->> 'costUsd')::numeric < 0 or (said ->> 'costUsd')::numeric = 'NaN' then
    raise exception 'what was spent cannot be less than nothing: nothing was written' using errcode = 'HP010';
  end if;
end $$;

-- Progress that is no step: {goal?, labels?, waitingOn?, tokensIn?, tokensOut?, costUsd?} (the last three are added).
create function report_progress(run uuid, caller_epoch integer, patch jsonb) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  r workflow_checkpoints;
begin
  r := lock_own_run(run);
  if is_final(r.status) then perform raise_ended(r); end if;
  perform check_epoch(r, caller_epoch);
  -- Of plain SQL this is a checkpoint change like any other: invariant 1.
  if r.engine = 'sql' then perform check_may_go_on(r); end if;
  perform check_text('goal', patch ->> 'goal', 4000), check_size('labels', patch -> 'labels', 4096),
    check_size('waitingOn', patch -> 'waitingOn', 4096), check_spend(patch),
    check_shapes(coalesce(patch -> 'labels', '{}'), nullif(patch -> 'waitingOn', 'null'));
  update workflow_checkpoints set
    goal = coalesce(patch ->> 'goal', goal),
    labels = coalesce(patch -> 'labels', labels),
    waiting_on = case when patch ? 'waitingOn' then nullif(patch -> 'waitingOn', 'null') else waiting_on end,
    tokens_in = tokens_in + coalesce((patch ->> 'tokensIn')::bigint, 0),
    tokens_out = tokens_out + coalesce((patch ->> 'tokensOut')::bigint, 0),
    cost_usd = cost_usd + coalesce((patch ->> 'costUsd')::numeric, 0),
    event_hint = jsonb_build_object('kind', case when patch ? 'waitingOn' then 'run.waiting' else 'run.progress' end)
    where workflow_id = run returning * into r;
  return run_state(r);
end $$;

-- Ends a run from its worker: complete, or failed with a reason. Writing the same end twice is a no-op.
create function end_run(run uuid, caller_epoch integer, end_status text, reason text default null, detail text default null)
returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  r workflow_checkpoints;
begin
  if end_status is null or end_status not in ('complete', 'failed') then
    raise exception 'a run ends complete or failed, not "%": nothing was written', end_status using errcode = 'HP010';
  end if;
  if reason is not null and reason not in ('TOOL_FAILURE', 'TIMEOUT', 'RETRY_LIMIT_REACHED', 'BUDGET_EXCEEDED') then
    raise exception 'an agent cannot give the stop reason "%": nothing was written', reason using errcode = 'HP010';
  end if;
  r := lock_own_run(run);
  if r.status = end_status and r.epoch = caller_epoch then return run_state(r); end if;
  if is_final(r.status) then perform raise_ended(r); end if;
  perform check_epoch(r, caller_epoch), check_text('detail', detail, 4000);
  if r.status = 'lost' then
    raise exception 'run % is lost: claim it before ending it', run using errcode = 'HP006';
  end if;
  perform close_run(run, 'agent:' || r.agent_id, 'the run ended: ' || end_status);
  update workflow_checkpoints set status = end_status, held_by = '{}', resume_to = null, current_tool = null, waiting_on = null,
    stop_reason = case when end_status = 'failed' then reason end, stop_detail = case when end_status = 'failed' then detail end,
    event_hint = jsonb_build_object('kind', 'run.' || end_status, 'detail', jsonb_strip_nulls(jsonb_build_object('why', left(detail, 500))))
    where workflow_id = run returning * into r;
  return run_state(r);
end $$;

-- Marks runs as lost whose lease ran out by the database's clock; called each second by the server's leader.
-- Returns how many. A run or a lease that someone has locked is left for the next sweep (a heartbeat locks the
-- lease: that worker lives) and does not count towards `most`, so that no agent keeps the sweep from the others.
create function sweep_lost_runs(most integer default 500) returns integer
language plpgsql security definer set search_path from current as $$
declare
  l run_leases;
  in_flight integer;
  swept integer := 0;
begin
  perform assert_operator();
  for l in
    select e.* from run_leases e join workflow_checkpoints w on w.workflow_id = e.workflow_id
    where e.lease_until < clock_timestamp() order by e.lease_until limit most
    for no key update of w skip locked for update of e skip locked
  loop
    delete from run_leases where workflow_id = l.workflow_id;
    in_flight := settle_actions_in_flight(l.workflow_id);
    update workflow_checkpoints set
      status = case when status in ('running', 'approved') then 'lost' else status end,
      stop_reason = case when status in ('running', 'approved') then 'WORKER_LOST' else stop_reason end,
      stop_detail = case when status in ('running', 'approved') then
        format('worker %s last seen %s%s', l.worker, to_char(l.heartbeat_at at time zone 'utc', 'HH24:MI:SS"Z"'),
          case in_flight when 0 then '' else format('; %s action(s) in flight, outcome unknown', in_flight) end)
        else stop_detail end,
      worker = null,
      control = case when control ->> 'quiescedAt' is null and control ->> 'verb' <> 'resume'
        then control_reached(control, 'none') || jsonb_build_object('quiescedAt', clock_timestamp(),
          'deliveredAt', control -> 'deliveredAt') else control end,
      event_hint = jsonb_build_object('kind', 'run.lost', 'actor', 'holdpoint',
        'detail', jsonb_build_object('inFlight', in_flight, 'outcome', l.worker))
      where workflow_id = l.workflow_id;
    swept := swept + 1;
  end loop;
  return swept;
end $$;
