-- Runs that begin under a worker, or are left for one.

-- A new run from an SDK's or an adapter's words; who has it, and in which epoch, is the caller's to say.
create or replace function insert_run(spec jsonb, first_status text, worker_name text) returns workflow_checkpoints
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
create or replace function enqueue_run(spec jsonb) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  r workflow_checkpoints;
begin
  r := insert_run(spec, 'queued', null);
  return run_state(r);
end $$;

grant execute on function start_run(jsonb), enqueue_run(jsonb) to agent_worker;
