-- Runs that wait for a worker, and workers that take them. `worker` is null exactly while nobody has the run: it is
-- queued, its worker was lost, or its worker let go of it.

alter table workflow_checkpoints
  add column enqueued_at timestamptz,
  add column loop text,
  add column due_at timestamptz,
  add constraint run_due_shown check (due_at >= '0001-01-02Z' and due_at < '9999-12-31Z');

-- An order that no other index gives: with LIMIT the planner would take one over all active runs, and pass over each
-- that has a worker.
create index runs_without_worker on workflow_checkpoints (agent_id, (coalesce(enqueued_at, created_at)))
  where worker is null and status in ('queued', 'running', 'paused', 'approved', 'lost')
    and (engine <> 'sql' or status = 'queued');

insert into run_transitions (from_status, to_status, taken_by) values
  ('running', 'queued', 'holdpoint'), ('approved', 'queued', 'holdpoint');

create or replace function run_state(r workflow_checkpoints) returns jsonb
language sql stable as $$
  select jsonb_build_object(
    'id', r.workflow_id, 'agentId', r.agent_id, 'parentId', r.parent_id, 'rootId', coalesce(r.root_id, r.workflow_id),
    'goal', left(r.goal, 300), 'skill', r.skill, 'skillVersion', r.skill_version, 'loop', r.loop, 'labels', r.labels,
    'engine', r.engine, 'worker', r.worker,
    'status', r.status, 'statusSince', r.status_since, 'heldBy', to_jsonb(r.held_by),
    'stopReason', r.stop_reason, 'stopDetail', r.stop_detail,
    'step', r.current_step, 'stepSince', r.step_since, 'steps', r.steps,
    'tool', r.current_tool, 'toolTarget', r.tool_target, 'toolSince', r.tool_since, 'waitingOn', r.waiting_on,
    'spend', jsonb_build_object('tokensIn', r.tokens_in, 'tokensOut', r.tokens_out, 'costUsd', r.cost_usd),
    'limits', jsonb_build_object('tokens', r.limit_tokens, 'costUsd', r.limit_cost_usd, 'steps', r.limit_steps,
      'deadline', r.deadline_at),
    'drift', r.drift, 'control', r.control, 'epoch', r.epoch, 'seq', r.seq, 'lastEvent', r.last_event,
    'createdAt', r.created_at)
$$;

-- As before, but strict: in a lax path a list of texts passes for a text.
create or replace function check_shapes(labels jsonb, waiting_on jsonb) returns void
language plpgsql stable as $$
begin
  if jsonb_typeof(labels) <> 'object'
      or jsonb_path_exists(labels, 'strict $.* ? (@.type() != "string")', silent => true) then
    raise exception 'labels are an object of texts: nothing was written' using errcode = 'HP010';
  end if;
  if waiting_on is not null and (jsonb_typeof(waiting_on) <> 'object'
      or coalesce(waiting_on ->> 'kind', '') not in ('child', 'job', 'timer', 'backoff')
      or jsonb_typeof(waiting_on -> 'what') not in ('string', 'null')
      or waiting_on ->> 'until' !~ '^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?$'
      or not pg_input_is_valid(waiting_on ->> 'until', 'timestamptz')) then
    raise exception 'waiting_on is {kind: child | job | timer | backoff, what: text, until: instant}: nothing was written'
      using errcode = 'HP010', hint = 'An instant is ISO 8601, as in 2030-01-31T12:00:00Z.';
  end if;
end $$;

create or replace function guard_run_insert() returns trigger
language plpgsql security definer set search_path from current set timezone to 'UTC' as $$
declare
  hint jsonb := new.event_hint;
begin
  -- No run is ever removed: this row will meet the one that is there, as an upsert or as an error. The rules for
  -- a new run (its parent may have ended since) are not its rules.
  if exists (select from workflow_checkpoints where workflow_id = new.workflow_id) then return new; end if;
  new := guard_new_run(new);
  -- Quoted: to PL/pgSQL the bare word is a keyword.
  perform check_sizes(new), check_text('loop', new."loop", 200);
  new.enqueued_at := case when new.status = 'queued' then clock_timestamp() end;
  new.event_hint := null;
  new.seq := 1;
  new.last_event := jsonb_build_object('kind', coalesce(hint ->> 'kind', 'run.started'),
    'actor', coalesce(hint ->> 'actor', writer(new.agent_id)), 'at', clock_timestamp());
  return new;
end $$;

-- A new run from an SDK's or an adapter's words; who has it, and in which epoch, is the caller's to say.
create function insert_run(spec jsonb, first_status text, worker_name text) returns workflow_checkpoints
language plpgsql as $$
declare
  r workflow_checkpoints;
  limits jsonb := coalesce(spec -> 'limits', '{}');
begin
  if not may_act_as(spec ->> 'agentId') then
    raise exception 'login "%" may not act as agent "%": nothing was written', session_user, spec ->> 'agentId'
      using errcode = 'HP004';
  end if;
  -- "sql" promises an operator less than a lease does; claim_run refuses such a run.
  if spec ->> 'engine' = 'sql' then
    raise exception 'a run under a lease cannot have the engine "sql": nothing was written' using errcode = 'HP010';
  end if;
  perform check_size('memory', spec -> 'memory', 1048576);
  insert into workflow_checkpoints (workflow_id, agent_id, goal, skill, skill_version, parent_id, labels, engine,
      native_id, capabilities, current_step, status, worker, epoch, limit_tokens, limit_cost_usd, limit_steps, deadline_at,
      loop, due_at)
    values (coalesce((spec ->> 'runId')::uuid, gen_random_uuid()), spec ->> 'agentId', spec ->> 'goal', spec ->> 'skill',
      spec ->> 'skillVersion', (spec ->> 'parentId')::uuid, coalesce(spec -> 'labels', '{}'),
      coalesce(spec ->> 'engine', 'sdk'), spec ->> 'nativeId', spec -> 'capabilities', spec ->> 'step', first_status,
      worker_name, (worker_name is not null)::integer, (limits ->> 'tokens')::bigint, (limits ->> 'costUsd')::numeric,
      (limits ->> 'steps')::integer, (limits ->> 'deadline')::timestamptz, spec ->> 'loop', (spec ->> 'dueAt')::timestamptz)
    on conflict (workflow_id) do nothing returning * into r;
  if not found then
    raise exception 'run % exists already: nothing was written', spec ->> 'runId'
      using errcode = 'HP017', hint = 'Claim it (claim_run) to go on with it.';
  end if;
  if spec ? 'memory' then
    insert into run_memory (workflow_id, memory, epoch) values (r.workflow_id, spec -> 'memory', r.epoch);
  end if;
  return r;
end $$;

create function check_worker(worker_name text) returns void
language plpgsql immutable as $$
begin
  if coalesce(worker_name, '') = '' then
    raise exception 'worker is missing: nothing was written' using errcode = 'HP010';
  end if;
  perform check_text('worker', worker_name, 200);
end $$;

-- Starts a run under a lease. spec: {runId?, agentId, goal?, skill?, skillVersion?, parentId?, labels?, engine?,
-- nativeId?, capabilities?, step?, limits?: {tokens, costUsd, steps, deadline}, loop?, dueAt?, memory?, worker, leaseMs}:
-- `memory` is what a worker that takes it over begins with.
create or replace function start_run(spec jsonb) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  r workflow_checkpoints;
begin
  perform check_worker(spec ->> 'worker');
  r := insert_run(spec, 'running', spec ->> 'worker');
  perform lease_run(r.workflow_id, 1, spec ->> 'worker', coalesce((spec ->> 'leaseMs')::integer, 15000));
  return run_state(r);
end $$;

-- Leaves a run for any worker of the agent. spec as for start_run without worker and lease.
create function enqueue_run(spec jsonb) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  r workflow_checkpoints;
begin
  r := insert_run(spec, 'queued', null);
  return run_state(r);
end $$;

-- A run is pinned to its skill's version: another one may lay out its steps and its memory otherwise. `can` is what a
-- worker says of itself: {version?, resumes?: [versions it can go on with]}.
create function knows_version(r workflow_checkpoints, can jsonb) returns boolean
language sql immutable as $$
  select r.skill_version is null or coalesce(can ->> 'version' = r.skill_version, false)
    or coalesce(jsonb_typeof(can -> 'resumes') = 'array' and can -> 'resumes' ? r.skill_version, false)
$$;

-- Gives the run to a worker: a new epoch, and whoever had it is fenced off. Returns {run, memory, steps}: what to go
-- on from. The caller holds the run's lock and has seen that no worker lives.
create function take_run(r workflow_checkpoints, worker_name text, lease_ms integer, can jsonb) returns jsonb
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

drop function claim_run(uuid, text, integer);

-- Takes over one named run whose lease is gone or ran out. A held run may be claimed; it waits like any other.
create function claim_run(run uuid, worker_name text, lease_ms integer default 15000, can jsonb default null) returns jsonb
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

-- What of `wanted`, a list of {skill, version?, resumes?}, fits this run; null: none. A worker that wants no skill
-- in particular gets what no version is pinned to.
create function fitting(r workflow_checkpoints, wanted jsonb) returns jsonb
language sql immutable as $$
  select case when wanted is null then case when r.skill_version is null then '{}'::jsonb end
    else (select can from jsonb_array_elements(wanted) can
      where can ->> 'skill' is not distinct from r.skill and knows_version(r, can) limit 1) end
$$;

-- May a worker that looks for work take this run? One that nothing holds, and that no parent runs in its own process.
create function is_claimable(r workflow_checkpoints) returns boolean
language sql immutable as $$
  select r.status in ('queued', 'running', 'paused', 'approved', 'lost') and cardinality(r.held_by) = 0
    and (r.status <> 'paused' or r.resume_to = 'rejected')
    and (r.engine <> 'sql' or r.status = 'queued')
    and (r.parent_id is null or r.enqueued_at is not null)
$$;

-- Invariant 10: any worker may take what waits. The agent's oldest run without a worker, else one whose lease ran out,
-- whether or not a server has noticed; two workers never wait for each other. Null: there is nothing to do.
create function claim_next(agent text, worker_name text, lease_ms integer default 15000, wanted jsonb default null) returns jsonb
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
create function release_run(run uuid, caller_epoch integer, why text default null) returns jsonb
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

drop function heartbeat(text, uuid[], integer);

-- Renews every lease of one worker in one statement; makes no events. Returns what the worker must know of its
-- runs: those it asked about that are held, ended, taken over, or have a request it has not acknowledged.
-- `leased`: the lease is this worker's. A run without one must be claimed again.
create function heartbeat(worker_name text, runs uuid[], lease_ms integer default 15000)
returns table (run_id uuid, status text, held_by text[], stop_reason text, run_epoch integer, control jsonb, leased boolean)
language plpgsql security definer set search_path from current as $$
begin
  update run_leases l set heartbeat_at = clock_timestamp(), lease_until = clock_timestamp() + lease_length(lease_ms)
    where l.worker = worker_name and l.login = session_user and l.workflow_id = any (runs);
  return query
    select w.workflow_id, w.status, w.held_by, w.stop_reason, w.epoch, w.control, l.workflow_id is not null
    from workflow_checkpoints w
      left join run_leases l on l.workflow_id = w.workflow_id and l.worker = worker_name
    where w.workflow_id = any (runs) and may_act_as(w.agent_id)
      and (w.status <> 'running' or w.control ->> 'acknowledgedAt' is null and w.control is not null or l.workflow_id is null);
end $$;

-- As before, but a run that nobody has does not run when its last hold goes: it waits for a worker.
create or replace function settle_run(run uuid, hint jsonb, control_now jsonb default null, resume_as text default null)
returns workflow_checkpoints
language plpgsql as $$
declare
  r workflow_checkpoints;
  top run_holds := top_hold(run);
  kinds text[];
  back_to text;
  next_status text;
begin
  select * into r from workflow_checkpoints where workflow_id = run;
  select coalesce(array_agg(k.kind order by hold_rank(k.kind)), '{}') into kinds
    from (select distinct h.kind from run_holds h where h.workflow_id = run and h.cleared_at is null) k;
  back_to := next_resume_to(r, resume_as);
  next_status := case
    when r.status = 'lost' then 'lost'
    when cardinality(kinds) > 0 or (back_to = 'rejected' and r.status = 'paused') then 'paused'
    when r.status = 'paused' and coalesce(back_to, 'running') = 'running' and r.worker is null and r.engine <> 'sql'
      then 'queued'
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

grant insert (loop, due_at) on workflow_checkpoints to agent_worker;
grant execute on function enqueue_run(jsonb), claim_run(uuid, text, integer, jsonb), claim_next(text, text, integer, jsonb),
  release_run(uuid, integer, text), heartbeat(text, uuid[], integer) to agent_worker;
