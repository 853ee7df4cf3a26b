-- Runs that wait for a worker, and workers that take them. `worker` is null exactly while nobody has the run: it is
-- queued, its worker was lost, or its worker let go of it.

-- May a worker that looks for work take this run? One that nothing holds, and that no parent runs in its own process.
create or replace function is_claimable(r workflow_checkpoints) returns boolean
language sql immutable as $$
  select r.status in ('queued', 'running', 'paused', 'approved', 'lost') and cardinality(r.held_by) = 0
    and (r.status <> 'paused' or r.resume_to = 'rejected')
    and (r.engine <> 'sql' or r.status = 'queued')
    and (r.parent_id is null or r.enqueued_at is not null)
$$;

-- A run is pinned to its skill's version: another one may lay out its steps and its memory otherwise. `can` is what a
-- worker says of itself: {version?, resumes?: [versions it can go on with]}.
create or replace function knows_version(r workflow_checkpoints, can jsonb) returns boolean
language sql immutable as $$
  select r.skill_version is null or coalesce(can ->> 'version' = r.skill_version, false)
    or coalesce(jsonb_typeof(can -> 'resumes') = 'array' and can -> 'resumes' ? r.skill_version, false)
$$;

-- What of `wanted`, a list of {skill, version?, resumes?}, fits this run; null: none. A worker that wants no skill
-- in particular gets what no version is pinned to.
create or replace function fitting(r workflow_checkpoints, wanted jsonb) returns jsonb
language sql immutable as $$
  select case when wanted is null then case when r.skill_version is null then '{}'::jsonb end
    else (select can from jsonb_array_elements(wanted) can
      where can ->> 'skill' is not distinct from r.skill and knows_version(r, can) limit 1) end
$$;

-- Gives the run to a worker: a new epoch, and whoever had it is fenced off. Returns {run, memory, steps}: what to go
-- on from. The caller holds the run's lock and has seen that no worker lives.
create or replace function take_run(r workflow_checkpoints, worker_name text, lease_ms integer, can jsonb) returns jsonb
language plpgsql as $$
declare
  top run_holds := top_hold(r.workflow_id);
begin
  -- It goes into the history, and from there to every screen.
  perform check_text('version', can ->> 'version', 200);
  perform settle_actions_in_flight(r.workflow_id);
  perform lease_run(r.workflow_id, r.epoch + 1, worker_name, lease_ms);
  update workflow_checkpoints set epoch = r.epoch + 1, worker = worker_name, current_tool = null,
    engine = case engine when 'sql' then 'sdk' else engine end,
    -- After a no that nothing else holds, going on is the agent's own: whoever takes the run reads the answer.
    status = case
      when status in ('lost', 'queued') then case when top.kind is null then 'running' else 'paused' end
      when status = 'paused' and resume_to = 'rejected' and top.kind is null then 'running'
      else status end,
    -- Once the holds are cleared it runs: it has a worker now.
    resume_to = case
      when status = 'lost' and top.kind is not null or resume_to = 'queued' then 'running'
      when resume_to = 'rejected' and top.kind is null then null
      else resume_to end,
    stop_reason = case when status = 'lost' or resume_to = 'rejected' then top.stop_reason else stop_reason end,
    stop_detail = case when status = 'lost' or resume_to = 'rejected' then top.why else stop_detail end,
    event_hint = jsonb_build_object('kind', 'run.claimed', 'detail', jsonb_strip_nulls(jsonb_build_object(
      'outcome', worker_name, 'version', can ->> 'version')))
    where workflow_id = r.workflow_id returning * into r;
  return jsonb_build_object('run', run_state(r),
    'memory', (select m.memory from run_memory m where m.workflow_id = r.workflow_id),
    -- A start, not all: one answer holds 256 MB at most, and begin_step answers with the result of every other.
    'steps', coalesce((select jsonb_agg(jsonb_build_object('name', s.name, 'occurrence', s.occurrence, 'result', s.result)
      order by s.started_at) from (select * from run_steps where workflow_id = r.workflow_id and state = 'done'
        and pg_column_size(result) <= 8192 order by started_at limit 500) s), '[]'));
end $$;

-- Takes over one named run whose lease is gone or ran out. A held run may be claimed; it waits like any other.
create or replace function claim_run(run uuid, worker_name text, lease_ms integer default 15000, can jsonb default null) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  r workflow_checkpoints;
begin
  perform check_worker(worker_name);
  r := lock_own_run(run);
  if is_final(r.status) then perform raise_ended(r); end if;
  if has_worker(run) then
    raise exception 'run % is held by worker "%": nothing was written', run, r.worker
      using errcode = 'HP017', hint = 'Wait until its lease runs out.';
  end if;
  if r.engine = 'sql' and r.status <> 'queued' then
    raise exception 'run % is driven by plain SQL and has no lease: nothing was written', run using errcode = 'HP003';
  end if;
  if not knows_version(r, can) then
    raise exception 'run % is pinned to version "%" of skill "%", this worker has %: nothing was written', run,
        r.skill_version, r.skill, coalesce('"' || (can ->> 'version') || '"', 'named none')
      using errcode = 'HP018', hint = 'Start a worker of that version, or one that says it can go on with it.';
  end if;
  return take_run(r, worker_name, lease_ms, can);
end $$;

-- Invariant 10: any worker may take what waits. The agent's oldest run without a worker, else one whose lease ran out,
-- whether or not a server has noticed; two workers never wait for each other. Null: there is nothing to do.
create or replace function claim_next(agent text, worker_name text, lease_ms integer default 15000, wanted jsonb default null) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  r workflow_checkpoints;
  -- Asked first, because it costs least: of a long queue most may be other skills' runs.
  skills text[];
begin
  perform check_worker(worker_name);
  if not may_act_as(agent) then
    raise exception 'login "%" may not act as agent "%": nothing was written', session_user, agent using errcode = 'HP004';
  end if;
  if jsonb_typeof(wanted) <> 'array' then
    raise exception 'wanted is a list of {skill, version, resumes}: nothing was written' using errcode = 'HP010';
  end if;
  skills := array(select can ->> 'skill' from jsonb_array_elements(wanted) can);
  select w.* into r from workflow_checkpoints w
    where w.agent_id = agent and w.worker is null and w.status in ('queued', 'running', 'paused', 'approved', 'lost')
      and (w.engine <> 'sql' or w.status = 'queued')
      and (wanted is null or w.skill is null or w.skill = any (skills)) and is_claimable(w) and fitting(w, wanted) is not null
    order by coalesce(w.enqueued_at, w.created_at) limit 1 for no key update skip locked;
  if not found then
    select w.* into r from run_leases l join workflow_checkpoints w on w.workflow_id = l.workflow_id
      where l.lease_until < clock_timestamp() and w.agent_id = agent and is_claimable(w) and fitting(w, wanted) is not null
      order by l.lease_until limit 1 for no key update of w skip locked;
    if not found then return null; end if;
  end if;
  -- Its worker may have been heard of again in between.
  if has_worker(r.workflow_id) then return null; end if;
  return take_run(r, worker_name, lease_ms, fitting(r, wanted));
end $$;

-- A worker lets go of a run on purpose: it goes down, or will not wait any longer. What it was asked is quiesced.
create or replace function release_run(run uuid, caller_epoch integer, why text default null) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  r workflow_checkpoints;
begin
  perform check_text('why', why, 2000);
  r := lock_own_run(run);
  if is_final(r.status) then perform raise_ended(r); end if;
  perform check_epoch(r, caller_epoch);
  if r.engine = 'sql' then
    raise exception 'run % is driven by plain SQL and has no lease: nothing was written', run using errcode = 'HP003';
  end if;
  if exists (select from actions where workflow_id = run and state in ('intended', 'accepted')) then
    raise exception 'run % has an action in flight: it was not let go', run using errcode = 'HP003';
  end if;
  delete from run_leases where workflow_id = run;
  -- Swept meanwhile, or said twice.
  if r.worker is null then return run_state(r); end if;
  update workflow_checkpoints set worker = null, current_tool = null,
    status = case when status in ('running', 'approved') then 'queued' else status end,
    control = case when control ->> 'verb' <> 'resume' then control_reached(control, 'quiesced') else control end,
    event_hint = jsonb_build_object('kind', 'run.released', 'detail',
      jsonb_strip_nulls(jsonb_build_object('why', why, 'outcome', worker)))
    where workflow_id = run returning * into r;
  return run_state(r);
end $$;

grant execute on function
  claim_run(uuid, text, integer, jsonb), claim_next(text, text, integer, jsonb), release_run(uuid, integer, text)
  to agent_worker;
