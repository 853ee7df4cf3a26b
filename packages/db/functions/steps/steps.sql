-- Steps and their results: a step that is done is never run again. They pass the gate's checks, too.

-- A step begins. Answers {decision: allow, occurrence, attempt} | {decision: done, result} | hold | deny.
-- A step is identified by (run, name, occurrence): one that is done is never run again (invariant 10).
create or replace function begin_step(run uuid, caller_epoch integer, step_name text, nth integer, step_input jsonb default null)
returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  r workflow_checkpoints;
  s run_steps;
  no jsonb;
begin
  r := lock_own_run(run);
  no := refusal(r, caller_epoch);
  if no is not null then
    perform note_gate_told(r, caller_epoch);
    return no;
  end if;
  if coalesce(step_name, '') = '' or coalesce(nth, 0) < 1 then
    raise exception 'a step needs a name and an occurrence from 1: nothing was written' using errcode = 'HP010';
  end if;
  perform check_text('step', step_name, 500), check_size('step input', step_input, 262144);
  select * into s from run_steps where workflow_id = run and name = step_name and occurrence = nth;
  if s.state = 'done' then
    return jsonb_build_object('decision', 'done', 'result', s.result);
  end if;
  -- As at the gate: a worker that let go, or that was silent for too long, begins nothing before it claims.
  if r.engine <> 'sql' and not has_worker(run) then
    return jsonb_build_object('decision', 'deny', 'code', 'FENCED', 'why', 'the lease ran out; claim the run again');
  end if;
  if steps_used_up(r) is not null then
    return hold_at_gate(run, 'budget', 'BUDGET_EXCEEDED', steps_used_up(r));
  end if;
  insert into run_steps (workflow_id, name, occurrence, epoch, input)
    values (run, step_name, nth, caller_epoch, begin_step.step_input)
    on conflict (workflow_id, name, occurrence) do update
      set epoch = excluded.epoch, attempt = run_steps.attempt + 1, state = 'running', input = excluded.input,
        error = null, started_at = clock_timestamp(), ended_at = null
    returning * into s;
  update workflow_checkpoints w set current_step = step_name, step_input = begin_step.step_input, step_since = clock_timestamp(),
    steps = w.steps + (w.current_step is not distinct from step_name)::integer,
    status = 'running', current_tool = null, waiting_on = null,
    event_hint = jsonb_build_object('kind', 'run.step', 'actor', 'agent:' || r.agent_id,
      'detail', jsonb_build_object('step', step_name, 'occurrence', nth, 'attempt', s.attempt))
    where workflow_id = run;
  return jsonb_build_object('decision', 'allow', 'occurrence', nth, 'attempt', s.attempt);
end $$;

-- A step ends; its result and the agent's memory are its checkpoint, committed together. Accepted while held:
-- it records what happened, it starts nothing.
create or replace function end_step(run uuid, caller_epoch integer, step_name text, nth integer, outcome jsonb) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  r workflow_checkpoints;
  failed boolean := outcome ? 'error';
begin
  r := lock_own_run(run);
  if is_final(r.status) then perform raise_ended(r); end if;
  perform check_epoch(r, caller_epoch), check_size('step result', outcome -> 'result', 262144),
    check_size('memory', outcome -> 'memory', 1048576), check_text('error', outcome ->> 'error', 4000);
  update run_steps set state = case when failed then 'failed' else 'done' end, result = outcome -> 'result',
      error = outcome ->> 'error', ended_at = clock_timestamp()
    where workflow_id = run and name = step_name and occurrence = nth and state = 'running';
  if not found then
    -- Sent once more by a worker that did not hear the answer: a replay changes nothing.
    if exists (select from run_steps s where s.workflow_id = run and s.name = step_name and s.occurrence = nth
        and s.epoch = caller_epoch and s.state = case when failed then 'failed' else 'done' end
        and s.result is not distinct from outcome -> 'result' and s.error is not distinct from outcome ->> 'error') then
      return run_state(r);
    end if;
    raise exception 'step "%" (%) of run % is not running: nothing was written', step_name, nth, run using errcode = 'HP013';
  end if;
  if outcome ? 'memory' then
    insert into run_memory (workflow_id, memory, epoch) values (run, outcome -> 'memory', caller_epoch)
      on conflict (workflow_id) do update set memory = excluded.memory, epoch = excluded.epoch, written_at = clock_timestamp();
  end if;
  update workflow_checkpoints set current_tool = null,
    event_hint = jsonb_build_object('kind', case when failed then 'step.failed' else 'step.completed' end,
      'detail', jsonb_strip_nulls(jsonb_build_object('step', step_name, 'occurrence', nth, 'error', left(outcome ->> 'error', 500))))
    where workflow_id = run returning * into r;
  return run_state(r);
end $$;

-- A step that begins again: what it was before is an attempt of its own.
create or replace function keep_step_attempt() returns trigger
language plpgsql as $$
begin
  insert into step_attempts (workflow_id, name, occurrence, attempt, epoch, state, input, result, error, started_at, ended_at)
    values (old.workflow_id, old.name, old.occurrence, old.attempt, old.epoch, old.state, old.input, old.result, old.error,
      old.started_at, old.ended_at);
  return null;
end $$;

grant execute on function
  begin_step(uuid, integer, text, integer, jsonb), end_step(uuid, integer, text, integer, jsonb)
  to agent_worker;
