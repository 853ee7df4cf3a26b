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

-- Why a run may not go on right now, as the gate's answer, or null when it may.
create function refusal(r workflow_checkpoints, caller_epoch integer) returns jsonb
language sql stable as $$
  select case
    when is_final(r.status) then jsonb_build_object('decision', 'deny', 'code', 'RUN_ENDED',
      'why', format('the run is %s%s', r.status, coalesce(': ' || r.stop_detail, '')))
    when r.epoch is distinct from caller_epoch then jsonb_build_object('decision', 'deny', 'code', 'FENCED',
      'why', format('another worker holds the run (epoch %s, yours is %s)', r.epoch, caller_epoch))
    when r.status = 'lost' then jsonb_build_object('decision', 'deny', 'code', 'FENCED',
      'why', 'the lease ran out; claim the run again')
    when cardinality(r.held_by) > 0 or r.status = 'paused' then jsonb_build_object('decision', 'hold',
      'stopReason', r.stop_reason, 'why', r.stop_detail)
  end
$$;

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

-- Actions that a vanished worker left in flight: nobody knows whether they landed. Returns how many.
create function settle_actions_in_flight(run uuid) returns integer
language plpgsql as $$
declare
  n integer;
begin
  update actions set state = 'unknown', ended_at = clock_timestamp()
    where workflow_id = run and state in ('intended', 'accepted');
  get diagnostics n = row_count;
  return n;
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
  select * into top from run_holds h where h.workflow_id = run and h.cleared_at is null
    order by hold_rank(h.kind), h.opened_at limit 1;
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

-- A step begins. Answers {decision: allow, occurrence, attempt} | {decision: done, result} | hold | deny.
-- A step is identified by (run, name, occurrence): one that is done is never run again (invariant 10).
create function begin_step(run uuid, caller_epoch integer, step_name text, nth integer, step_input jsonb default null)
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
  insert into run_steps (workflow_id, name, occurrence, epoch, input)
    values (run, step_name, nth, caller_epoch, begin_step.step_input)
    on conflict (workflow_id, name, occurrence) do update
      set epoch = excluded.epoch, attempt = run_steps.attempt + 1, state = 'running', input = excluded.input,
        error = null, started_at = clock_timestamp(), ended_at = null
    returning * into s;
  update workflow_checkpoints w set current_step = step_name, step_input = begin_step.step_input, step_since = clock_timestamp(),
    steps = w.steps + (w.current_step is not distinct from step_name)::integer,
    status = 'running', current_tool = null, waiting_on = null,
    event_hint = jsonb_build_object('kind', 'run.step',
      'detail', jsonb_build_object('step', step_name, 'occurrence', nth, 'attempt', s.attempt))
    where workflow_id = run;
  return jsonb_build_object('decision', 'allow', 'occurrence', nth, 'attempt', s.attempt);
end $$;

-- The gate told a worker that its run is held or killed: that is delivery and acknowledgement, once.
create function note_gate_told(r workflow_checkpoints, caller_epoch integer) returns void
language plpgsql as $$
begin
  if r.control ->> 'verb' in ('pause', 'kill') and r.control ->> 'acknowledgedAt' is null and r.epoch = caller_epoch
      and (cardinality(r.held_by) > 0 or r.status = 'killed') then
    update workflow_checkpoints set control = control_reached(r.control, 'acknowledged'),
      event_hint = jsonb_build_object('kind', 'control.acknowledged', 'detail', jsonb_build_object('outcome', r.control ->> 'verb'))
      where workflow_id = r.workflow_id;
  end if;
end $$;

-- A step ends; its result and the agent's memory are its checkpoint, committed together. Accepted while held:
-- it records what happened, it starts nothing.
create function end_step(run uuid, caller_epoch integer, step_name text, nth integer, outcome jsonb) returns jsonb
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

-- The gate's one conditional update: it waits for whoever holds the row (a pause, a kill), then looks at the row
-- as it is now, and moves it only if the run may go on. Returns the run's agent when the action may begin, else null.
create function pass_gate(run uuid, caller_epoch integer, a actions) returns text
language plpgsql as $$
declare
  agent text;
begin
  update workflow_checkpoints w set current_tool = a.tool, tool_target = a.target, tool_since = clock_timestamp(),
    status = 'running', waiting_on = null,
    event_hint = jsonb_build_object('kind', 'action.intended', 'detail', jsonb_strip_nulls(jsonb_build_object(
      'actionId', a.action_id, 'tool', a.tool, 'target', left(a.target, 200), 'step', coalesce(a.step, w.current_step),
      'attempt', a.attempt)))
    where workflow_id = run and epoch = caller_epoch and status in ('running', 'approved', 'queued')
      and cardinality(held_by) = 0
      -- may_act_as, written out: the gate is the hot path.
      and exists (select from agent_logins l where l.login = session_user and (l.agent_id = w.agent_id
        or (l.agent_id is null and not exists (select from agent_logins o where o.agent_id = w.agent_id))))
      and (engine = 'sql' or exists (select from run_leases l
        where l.workflow_id = run and l.epoch = caller_epoch and l.lease_until > clock_timestamp()))
    returning w.agent_id into agent;
  return agent;
end $$;

-- Why the gate did not let an action pass; null when by now it would. Tells the worker of a hold only once.
create function gate_refusal(run uuid, caller_epoch integer) returns jsonb
language plpgsql as $$
declare
  r workflow_checkpoints := lock_own_run(run);
  no jsonb := refusal(r, caller_epoch);
begin
  if no is not null then
    perform note_gate_told(r, caller_epoch);
  elsif r.engine <> 'sql' and not has_worker(run) then
    no := jsonb_build_object('decision', 'deny', 'code', 'FENCED', 'why', 'the lease ran out; claim the run again');
  end if;
  return no;
end $$;

-- The hex form of a SHA-256; a regular expression would cost more than the rest of the gate's checks.
create function is_digest(text) returns boolean
language sql immutable parallel safe as
$$ select char_length($1) = 64 and translate($1, '0123456789abcdef', '') = '' $$;

-- What an earlier attempt under the same key means for this one; null: it may be tried again.
create function answer_from_earlier(a actions, call jsonb) returns jsonb
language sql immutable as $$
  select case
    when (a.digest, a.tool, a.target) is distinct from (call ->> 'digest', call ->> 'tool', call ->> 'target')
      then jsonb_build_object('decision', 'deny', 'code', 'INVALID_INPUT',
      'why', 'this key was used for another request before')
    when a.state in ('confirmed', 'compensated') then
      jsonb_build_object('decision', 'done', 'actionId', a.action_id, 'response', a.response)
    when a.state in ('intended', 'accepted') then jsonb_build_object('decision', 'deny', 'code', 'NOTHING_TO_DO',
      'why', 'this action is in flight already')
    -- Invariant 9: an unknown outcome is never retried by itself.
    when a.state = 'unknown' and not coalesce((call ->> 'idempotent')::boolean, false) then
      jsonb_build_object('decision', 'deny', 'code', 'NOTHING_TO_DO',
        'why', 'an earlier attempt has an unknown outcome; someone must say whether it landed')
  end
$$;

-- THE gate (invariants 1 and 7): no external action begins without an answer "allow" from here, and the answer,
-- the intended action, its event and its audit row commit together. Later rules plug in here and nowhere else.
-- call: {tool, target?, request?, digest (SHA-256 hex of the RFC 8785 form), key (idempotency), step?, reversible?,
-- idempotent?}. Answers allow | done (confirmed before: its response) | hold | deny.
create function begin_action(run uuid, caller_epoch integer, call jsonb) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  a actions;
  agent text;
  no jsonb;
begin
  if coalesce(call ->> 'tool', '') = '' or coalesce(call ->> 'key', '') = '' or not is_digest(coalesce(call ->> 'digest', '')) then
    raise exception 'an action needs a tool, a key and a digest: nothing was written' using errcode = 'HP010';
  end if;
  perform check_text('tool', call ->> 'tool', 200), check_text('target', call ->> 'target', 1000),
    check_text('key', call ->> 'key', 500), check_text('step', call ->> 'step', 500),
    check_size('request', call -> 'request', 262144);

  select * into a from actions where workflow_id = run and idempotency_key = call ->> 'key';
  if found then
    no := gate_refusal(run, caller_epoch);
    if no is not null then return no; end if;
    -- Read again under the lock: whoever held it may have tried and settled this action meanwhile.
    select * into a from actions where action_id = a.action_id;
    no := answer_from_earlier(a, call);
    if no is not null then return no; end if;
  end if;
  a.action_id := coalesce(a.action_id, gen_random_uuid());
  a.attempt := coalesce(a.attempt, 0) + 1;
  a.tool := call ->> 'tool';
  a.target := call ->> 'target';
  a.step := call ->> 'step';
  agent := pass_gate(run, caller_epoch, a);
  if agent is null then
    no := gate_refusal(run, caller_epoch);
    if no is not null then return no; end if;
    -- What refused it was gone when its lock was ours: the row is locked now, so this is the last word.
    agent := pass_gate(run, caller_epoch, a);
    if agent is null then
      raise exception 'run % changed while it was looked at: nothing was written', run using errcode = '40001';
    end if;
  end if;

  insert into actions as earlier (action_id, workflow_id, epoch, step, tool, target, idempotency_key, request, digest, attempt, reversible)
    values (a.action_id, run, caller_epoch, a.step, a.tool, a.target, call ->> 'key', call -> 'request', call ->> 'digest',
      a.attempt, (call ->> 'reversible')::boolean)
    on conflict (workflow_id, idempotency_key) do update set epoch = excluded.epoch, state = 'intended',
      attempt = excluded.attempt, error = null, error_class = null, intended_at = clock_timestamp(), ended_at = null
      -- Only what was looked at above: a row that came while the lock was waited for is another's action.
      where earlier.action_id = excluded.action_id;
  if not found then
    raise exception 'this action was begun by another call meanwhile: nothing was written'
      using errcode = 'HP015', hint = 'Ask the gate again: it answers with what became of that action.';
  end if;
  insert into agent_audit_log (agent_id, workflow_id, action, target_table, target_row_id, data_after, data_timestamp, actor)
    values (agent, run, 'action.begin ' || a.tool, 'actions', a.action_id::text,
      jsonb_build_object('tool', a.tool, 'target', a.target, 'digest', call ->> 'digest', 'attempt', a.attempt),
      clock_timestamp(), 'agent:' || agent);
  return jsonb_build_object('decision', 'allow', 'actionId', a.action_id, 'attempt', a.attempt);
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

-- What became of an action. outcome: {state: accepted | confirmed | failed | unknown | cancelled, response?, error?,
-- errorClass?, externalRef?, tokensIn?, tokensOut?, costUsd?}. After the run ended, or from a fenced worker, it is
-- kept as late evidence and changes nothing else (invariant 2).
create function end_action(run uuid, caller_epoch integer, action uuid, outcome jsonb) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  r workflow_checkpoints;
  a actions;
  said text := outcome ->> 'state';
begin
  if said is null or said not in ('accepted', 'confirmed', 'failed', 'unknown', 'cancelled') then
    raise exception 'unknown outcome "%": nothing was written', said using errcode = 'HP010';
  end if;
  r := lock_own_run(run);
  select * into a from actions where action_id = action and workflow_id = run;
  if not found then
    raise exception 'run % has no action %: nothing was written', run, action using errcode = 'HP013';
  end if;
  perform check_size('response', outcome -> 'response', 262144), check_text('error', outcome ->> 'error', 4000),
    check_text('external reference', outcome ->> 'externalRef', 500), check_size('outcome', outcome, 327680);
  if a.epoch <> caller_epoch then perform check_epoch(r, caller_epoch); end if;
  perform check_spend(outcome);
  -- Sent once more by a worker that did not hear the answer: a replay changes nothing.
  if a.state = said and a.epoch = caller_epoch then
    return jsonb_build_object('accepted', true, 'late', false);
  end if;

  if is_final(r.status) or r.epoch <> caller_epoch or a.state not in ('intended', 'accepted') then
    if a.late is null then
      update actions set late = outcome || jsonb_build_object('seenAt', clock_timestamp() at time zone 'utc') where action_id = action;
      update workflow_checkpoints set event_hint = jsonb_build_object('kind', 'action.late', 'detail',
        jsonb_build_object('actionId', action, 'tool', a.tool, 'outcome', said)) where workflow_id = run;
      insert into agent_audit_log (agent_id, workflow_id, action, target_table, target_row_id, data_after, data_timestamp,
          actor, late)
        values (r.agent_id, run, 'action.late ' || a.tool, 'actions', action::text, jsonb_build_object('said', said),
          clock_timestamp(), 'agent:' || r.agent_id, true);
    end if;
    return jsonb_build_object('accepted', false, 'late', true);
  end if;

  update actions set state = said, response = coalesce(outcome -> 'response', response), error = outcome ->> 'error',
      error_class = outcome ->> 'errorClass', external_ref = coalesce(outcome ->> 'externalRef', external_ref),
      ended_at = case when said <> 'accepted' then clock_timestamp() end
    where action_id = action;
  update workflow_checkpoints set
    current_tool = case when said = 'accepted' then current_tool end,
    tokens_in = tokens_in + coalesce((outcome ->> 'tokensIn')::bigint, 0),
    tokens_out = tokens_out + coalesce((outcome ->> 'tokensOut')::bigint, 0),
    cost_usd = cost_usd + coalesce((outcome ->> 'costUsd')::numeric, 0),
    event_hint = jsonb_build_object('kind', 'action.' || said, 'detail', jsonb_strip_nulls(jsonb_build_object(
      'actionId', action, 'tool', a.tool, 'step', a.step, 'error', left(outcome ->> 'error', 500),
      'errorClass', outcome ->> 'errorClass')))
    where workflow_id = run;
  return jsonb_build_object('accepted', true, 'late', false);
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
