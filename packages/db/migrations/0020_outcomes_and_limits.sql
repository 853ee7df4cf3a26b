-- Two more reasons for which the gate holds a run: an action of which nobody knows whether it landed, and a limit of
-- which nothing is left. Both wait for a person.

alter table run_holds
  add column action_id uuid,
  drop constraint run_holds_kind_check,
  add constraint run_holds_kind_check check (kind in ('isolation', 'operator_pause', 'detection', 'budget', 'breaker',
    'check_in', 'restore', 'outcome', 'approval', 'self')),
  add constraint hold_of_an_action check (action_id is null or kind = 'outcome');
create unique index one_open_hold_of_an_action on run_holds (action_id) where action_id is not null and cleared_at is null;
drop index one_open_hold_of_a_kind;
create unique index one_open_hold_of_a_kind on run_holds (workflow_id, kind)
  where cleared_at is null and kind in ('operator_pause', 'isolation', 'budget', 'self');

alter table actions
  add column settled_by text,
  add column settled_at timestamptz,
  add column settled_why text;

create or replace function hold_rank(kind text) returns integer
language sql immutable as $$
  select array_position(array['isolation', 'operator_pause', 'detection', 'budget', 'breaker', 'check_in', 'restore',
    'outcome', 'approval', 'self'], kind)
$$;

-- Which limit leaves nothing for another action, in words; null: none.
create function used_up(r workflow_checkpoints) returns text
language sql stable as $$
  select case
    -- Not their sum: two numbers that each fit may have one that does not.
    when r.tokens_in >= r.limit_tokens - r.tokens_out then
      format('%s of %s tokens are used', r.tokens_in::numeric + r.tokens_out, r.limit_tokens)
    when r.cost_usd >= r.limit_cost_usd then
      format('%s of %s USD are spent', trim_scale(r.cost_usd), trim_scale(r.limit_cost_usd))
    when r.deadline_at <= clock_timestamp() then
      format('its deadline was %s', to_char(r.deadline_at at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS"Z"'))
  end
$$;

-- The same for another step.
create function steps_used_up(r workflow_checkpoints) returns text
language sql stable as $$
  select coalesce(used_up(r), case when r.steps >= r.limit_steps then format('%s of %s steps are taken', r.steps, r.limit_steps) end)
$$;

-- The gate stops the run until a person has looked; returns the gate's answer. The caller holds the run's lock.
create function hold_at_gate(run uuid, hold_kind text, reason text, why text, action uuid default null) returns jsonb
language plpgsql as $$
begin
  insert into run_holds (workflow_id, kind, stop_reason, opened_by, why, action_id)
    values (run, hold_kind, reason, 'holdpoint', why, action) on conflict do nothing;
  perform settle_run(run, jsonb_build_object('actor', 'holdpoint', 'otherwise', 'hold.opened', 'detail',
    jsonb_strip_nulls(jsonb_build_object('hold', hold_kind, 'why', why, 'actionId', action))));
  return jsonb_build_object('decision', 'hold', 'stopReason', reason, 'why', why);
end $$;

create or replace function pass_gate(run uuid, caller_epoch integer, a actions) returns text
language plpgsql as $$
declare
  agent text;
begin
  update workflow_checkpoints w set current_tool = a.tool, tool_target = a.target, tool_since = clock_timestamp(),
    status = 'running', waiting_on = null,
    event_hint = jsonb_build_object('kind', 'action.intended', 'actor', 'agent:' || w.agent_id, 'detail',
      jsonb_strip_nulls(jsonb_build_object('actionId', a.action_id, 'tool', a.tool, 'target', left(a.target, 200),
        'step', coalesce(a.step, w.current_step), 'attempt', a.attempt)))
    where workflow_id = run and epoch = caller_epoch and status in ('running', 'approved', 'queued')
      and cardinality(held_by) = 0
      -- used_up, written out, as is may_act_as: the gate is the hot path.
      and (limit_tokens is null or tokens_in < limit_tokens - tokens_out)
      and (limit_cost_usd is null or cost_usd < limit_cost_usd)
      and (deadline_at is null or deadline_at > clock_timestamp())
      and exists (select from agent_logins l where l.login = session_user and (l.agent_id = w.agent_id
        or (l.agent_id is null and not exists (select from agent_logins o where o.agent_id = w.agent_id))))
      -- The row is looked at as it is now, the lease as it was when this statement began: a run that was let go
      -- meanwhile shows by its row.
      and (engine = 'sql' or worker is not null and exists (select from run_leases l
        where l.workflow_id = run and l.epoch = caller_epoch and l.lease_until > clock_timestamp()))
    returning w.agent_id into agent;
  return agent;
end $$;

-- Holds the run when nothing is left for another action; null: something is. The caller holds the run's lock.
create function hold_used_up(run uuid) returns jsonb
language plpgsql as $$
declare
  r workflow_checkpoints;
begin
  select * into r from workflow_checkpoints where workflow_id = run;
  return case when used_up(r) is not null then hold_at_gate(run, 'budget', 'BUDGET_EXCEEDED', used_up(r)) end;
end $$;

-- An unknown outcome is the caller's to look at: it opens a hold. `settled`: a person said that it landed, and the
-- response is what they gave, if anything.
create or replace function answer_from_earlier(a actions, call jsonb) returns jsonb
language sql immutable as $$
  select case
    when (a.digest, a.tool, a.target) is distinct from (call ->> 'digest', call ->> 'tool', call ->> 'target')
      then jsonb_build_object('decision', 'deny', 'code', 'INVALID_INPUT',
      'why', 'this key was used for another request before')
    when a.state in ('confirmed', 'compensated') then
      jsonb_build_object('decision', 'done', 'actionId', a.action_id, 'response', a.response)
        || case when a.settled_by is null then '{}'::jsonb else '{"settled": true}' end
    when a.state in ('intended', 'accepted') then jsonb_build_object('decision', 'deny', 'code', 'NOTHING_TO_DO',
      'why', 'this action is in flight already')
  end
$$;

-- THE gate (invariants 1 and 7): no external action begins without an answer "allow" from here, and the answer,
-- the intended action, its event and its audit row commit together. Later rules plug in here and nowhere else.
-- call: {tool, target?, request?, digest (SHA-256 hex of the RFC 8785 form), key (idempotency), step?, reversible?,
-- idempotent?}. Answers allow | done (confirmed before: its response) | hold | deny.
create or replace function begin_action(run uuid, caller_epoch integer, call jsonb) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  a actions;
  agent text;
  no jsonb;
begin
  if coalesce(call ->> 'tool', '') = '' or coalesce(call ->> 'key', '') = '' or not is_digest(coalesce(call ->> 'digest', '')) then
    raise exception 'an action needs a tool, a key and a digest: nothing was written' using errcode = 'HP010';
  end if;
  -- Asked as one expression first: most calls are small, and five calls cost as much as an insert.
  if char_length(call ->> 'tool') > 200 or char_length(call ->> 'target') > 1000 or char_length(call ->> 'key') > 500
      or char_length(call ->> 'step') > 500 or octet_length((call -> 'request')::text) > 400 then
    perform check_text('tool', call ->> 'tool', 200), check_text('target', call ->> 'target', 1000),
      check_text('key', call ->> 'key', 500), check_text('step', call ->> 'step', 500),
      check_size('request', call -> 'request', 262144);
  end if;

  select * into a from actions where workflow_id = run and idempotency_key = call ->> 'key';
  if found then
    no := gate_refusal(run, caller_epoch);
    if no is not null then return no; end if;
    -- Read again under the lock: whoever held it may have tried and settled this action meanwhile.
    select * into a from actions where action_id = a.action_id;
    no := answer_from_earlier(a, call);
    if no is not null then return no; end if;
    -- Invariant 9: an unknown outcome is never retried by itself.
    if a.state = 'unknown' and not coalesce((call ->> 'idempotent')::boolean, false) then
      return hold_at_gate(run, 'outcome', 'UNKNOWN_OUTCOME',
        format('nobody knows whether %s%s landed', a.tool, coalesce(' on ' || left(a.target, 200), '')), a.action_id);
    end if;
  end if;
  a.action_id := coalesce(a.action_id, gen_random_uuid());
  a.attempt := coalesce(a.attempt, 0) + 1;
  a.tool := call ->> 'tool';
  a.target := call ->> 'target';
  a.step := call ->> 'step';
  agent := pass_gate(run, caller_epoch, a);
  if agent is null then
    no := gate_refusal(run, caller_epoch);
    if no is null then no := hold_used_up(run); end if;
    if no is not null then return no; end if;
    -- What refused it was gone when its lock was ours: the row is locked now, so this is the last word.
    agent := pass_gate(run, caller_epoch, a);
    if agent is null then
      raise exception 'run % changed while it was looked at: nothing was written', run using errcode = '40001';
    end if;
  end if;

  -- One statement for both rows; no audit row, no action.
  with begun as (
    insert into actions as earlier (action_id, workflow_id, epoch, step, tool, target, idempotency_key, request, digest,
        attempt, reversible)
      values (a.action_id, run, caller_epoch, a.step, a.tool, a.target, call ->> 'key', call -> 'request', call ->> 'digest',
        a.attempt, (call ->> 'reversible')::boolean)
      on conflict (workflow_id, idempotency_key) do update set epoch = excluded.epoch, state = 'intended',
        attempt = excluded.attempt, response = null, error = null, error_class = null, external_ref = null, late = null,
        settled_by = null, settled_at = null, settled_why = null, intended_at = clock_timestamp(), ended_at = null
        -- Only what was looked at above: a row that came while the lock was waited for is another's action.
        where earlier.action_id = excluded.action_id
      returning action_id
  )
  insert into agent_audit_log (agent_id, workflow_id, action, target_table, target_row_id, data_after, data_timestamp, actor)
    select agent, run, 'action.begin ' || a.tool, 'actions', action_id::text,
      jsonb_build_object('tool', a.tool, 'target', a.target, 'digest', call ->> 'digest', 'attempt', a.attempt),
      clock_timestamp(), 'agent:' || agent
    from begun;
  if not found then
    raise exception 'this action was begun by another call meanwhile: nothing was written'
      using errcode = 'HP015', hint = 'Ask the gate again: it answers with what became of that action.';
  end if;
  return jsonb_build_object('decision', 'allow', 'actionId', a.action_id, 'attempt', a.attempt);
end $$;

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

-- What became of an action. outcome: {state: accepted | confirmed | failed | unknown | cancelled, response?, error?,
-- errorClass?, externalRef?, tokensIn?, tokensOut?, costUsd?}. After the run ended, or from a fenced worker, it is
-- kept as late evidence and changes nothing else (invariant 2). A worker that has the run may still confirm what was
-- written down as unknown while it was cut off: it knows that it landed.
create or replace function end_action(run uuid, caller_epoch integer, action uuid, outcome jsonb) returns jsonb
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
  -- Sent once more by a worker that did not hear the answer: a replay changes nothing. What agrees with a person's
  -- word is no replay: it is the evidence for it.
  if a.state = said and a.epoch = caller_epoch and a.settled_by is null then
    return jsonb_build_object('accepted', true, 'late', false);
  end if;

  if is_final(r.status) or r.epoch <> caller_epoch
      or a.state not in ('intended', 'accepted') and not (a.state = 'unknown' and said = 'confirmed') then
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

  update actions set state = said, epoch = caller_epoch, response = coalesce(outcome -> 'response', response),
      error = outcome ->> 'error', error_class = outcome ->> 'errorClass',
      external_ref = coalesce(outcome ->> 'externalRef', external_ref),
      ended_at = case when said <> 'accepted' then clock_timestamp() end
    where action_id = action;
  update workflow_checkpoints set
    current_tool = case when said = 'accepted' then current_tool end,
    tokens_in = tokens_in + coalesce((outcome ->> 'tokensIn')::bigint, 0),
    tokens_out = tokens_out + coalesce((outcome ->> 'tokensOut')::bigint, 0),
    cost_usd = cost_usd + coalesce((outcome ->> 'costUsd')::numeric, 0),
    event_hint = jsonb_build_object('kind', 'action.' || said, 'actor', 'agent:' || r.agent_id, 'detail', jsonb_strip_nulls(jsonb_build_object(
      'actionId', action, 'tool', a.tool, 'step', a.step, 'error', left(outcome ->> 'error', 500),
      'errorClass', outcome ->> 'errorClass')))
    where workflow_id = run;
  if a.state = 'unknown' and 'outcome' = any (r.held_by) then
    perform clear_outcome_hold(run, action, 'agent:' || r.agent_id, 'its worker confirmed it');
  end if;
  return jsonb_build_object('accepted', true, 'late', false);
end $$;

-- It is known now what became of the action; the run goes on unless something else holds it.
create function clear_outcome_hold(run uuid, action uuid, by_whom text, how text) returns void
language plpgsql as $$
begin
  update run_holds set cleared_at = clock_timestamp(), cleared_by = by_whom, cleared_why = how
    where workflow_id = run and action_id = action and cleared_at is null;
  if found then
    perform settle_run(run, jsonb_build_object('actor', by_whom, 'otherwise', 'hold.cleared', 'detail',
      jsonb_build_object('hold', 'outcome', 'why', how, 'actionId', action)));
  end if;
end $$;

-- A person says whether an action landed of which nobody knew: once, with how they know. Landed: it is confirmed, and
-- its agent is given `response`. Not landed: it failed, and may be tried again. Of a run that has ended only the
-- ledger is put right.
create function settle_action(action uuid, actor text, landed boolean, why text, response jsonb default null) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  a actions;
  r workflow_checkpoints;
begin
  perform check_actor(actor, why), check_size('response', response, 262144);
  if landed is null or coalesce(btrim(why), '') = '' then
    raise exception 'say whether it landed, and how you know: nothing was done' using errcode = 'HP010';
  end if;
  select * into a from actions where action_id = action;
  if not found then
    raise exception 'no action %: nothing was done', action using errcode = 'HP013';
  end if;
  r := lock_run(a.workflow_id);
  update actions set state = case when landed then 'confirmed' else 'failed' end,
      response = case when landed then settle_action.response end,
      error = case when not landed then left('did not land: ' || why, 4000) end,
      settled_by = actor, settled_at = clock_timestamp(), settled_why = why
    where action_id = action and state = 'unknown';
  if not found then
    select * into a from actions where action_id = action;
    raise exception 'action % is %: nothing was done', action,
        a.state || coalesce(' (' || a.settled_by || ' said so)', '') using errcode = 'HP015';
  end if;
  -- A run whose worker was lost keeps the name of its tool for as long as nobody knows what became of it.
  update workflow_checkpoints set
    current_tool = case when engine = 'sql' or is_final(status) or exists (select from actions
      where workflow_id = r.workflow_id and state in ('intended', 'accepted', 'unknown')) then current_tool end,
    event_hint = jsonb_build_object('kind', 'action.settled', 'actor', actor, 'detail',
      jsonb_build_object('actionId', action, 'tool', a.tool, 'landed', landed, 'why', why))
    where workflow_id = r.workflow_id;
  perform audit_operator(r, actor, 'action.settle', jsonb_build_object('action', action, 'state', 'unknown'),
    jsonb_build_object('action', action, 'state', case when landed then 'confirmed' else 'failed' end, 'why', why));
  if not is_final(r.status) then
    perform clear_outcome_hold(r.workflow_id, action, actor, case when landed then 'it landed' else 'it did not land' end);
    perform wake_workers(r.workflow_id);
  end if;
  select * into r from workflow_checkpoints where workflow_id = r.workflow_id;
  return run_state(r);
end $$;

-- Clears every hold that a person may lift by resuming. Approvals need their decision, isolation its release, an
-- unknown outcome its settling; a budget needs something left.
create or replace function resume_run(run uuid, actor text, why text default null) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  r workflow_checkpoints;
  cleared integer;
begin
  perform check_actor(actor, why);
  r := lock_run(run);
  if is_final(r.status) then perform raise_ended(r); end if;
  if 'budget' = any (r.held_by) and steps_used_up(r) is not null then
    raise exception 'run % has nothing left to go on with (%): nothing was done', run, steps_used_up(r)
      using errcode = 'HP001', hint = 'Raise its limit; that lets it go on.';
  end if;
  update run_holds set cleared_at = clock_timestamp(), cleared_by = actor, cleared_why = resume_run.why
    where workflow_id = run and cleared_at is null and kind not in ('approval', 'isolation', 'outcome');
  get diagnostics cleared = row_count;
  if cleared = 0 and 'isolation' = any (r.held_by) then
    raise exception 'run % is held because its agent is isolated: nothing was done', run
      using errcode = 'HP001', hint = 'Release the agent.';
  elsif cleared = 0 and 'outcome' = any (r.held_by) then
    raise exception 'run % waits until it is known whether its action landed: nothing was done', run
      using errcode = 'HP001', hint = 'Find out, and settle the action.';
  elsif cleared = 0 and cardinality(r.held_by) > 0 then
    raise exception 'run % waits for a decision: nothing was done', run
      using errcode = 'HP001', hint = 'Approve or reject what it asks for.';
  elsif cleared = 0 and r.status <> 'paused' then
    raise exception 'run % is % and nothing holds it: nothing was done', run, r.status using errcode = 'HP015';
  end if;
  -- With nothing cleared the run was stopped by a rejection alone; a person lets it go on.
  return run_state(finish_control(r, 'resume', 'run.resume', actor, why,
    resume_as => case when cleared = 0 then 'running' end));
end $$;

create function check_not_lower(what text, now_is numeric, wanted numeric) returns void
language plpgsql immutable as $$
begin
  if wanted < now_is then
    raise exception '% of % is less than the limit now, %: nothing was done', what, wanted, now_is
      using errcode = 'HP010', hint = 'A limit is only raised. Pause or kill the run to stop it.';
  end if;
end $$;

-- Gives a run more to go on with: {tokens?, costUsd?, steps?, deadline?}, null for no limit. A run that was held for
-- its budget goes on when nothing is used up any more.
create function raise_limits(run uuid, actor text, limits jsonb, why text default null) returns jsonb
language plpgsql security definer set search_path from current set timezone to 'UTC' as $$
declare
  r workflow_checkpoints;
  before jsonb;
begin
  perform check_actor(actor, why);
  if jsonb_typeof(limits) is distinct from 'object' or limits = '{}' or limits - '{tokens,costUsd,steps,deadline}'::text[] <> '{}' then
    raise exception 'limits are {tokens, costUsd, steps, deadline}: nothing was done' using errcode = 'HP010';
  end if;
  r := lock_run(run);
  if is_final(r.status) then perform raise_ended(r); end if;
  perform check_not_lower('a limit of tokens', r.limit_tokens, (limits ->> 'tokens')::numeric),
    check_not_lower('a limit of USD', r.limit_cost_usd, (limits ->> 'costUsd')::numeric),
    check_not_lower('a limit of steps', r.limit_steps, (limits ->> 'steps')::numeric),
    check_not_lower('a deadline', extract(epoch from r.deadline_at), extract(epoch from (limits ->> 'deadline')::timestamptz));
  before := run_state(r) -> 'limits';
  update workflow_checkpoints set
    limit_tokens = case when limits ? 'tokens' then (limits ->> 'tokens')::bigint else limit_tokens end,
    limit_cost_usd = case when limits ? 'costUsd' then (limits ->> 'costUsd')::numeric else limit_cost_usd end,
    limit_steps = case when limits ? 'steps' then (limits ->> 'steps')::integer else limit_steps end,
    deadline_at = case when limits ? 'deadline' then (limits ->> 'deadline')::timestamptz else deadline_at end,
    event_hint = jsonb_build_object('kind', 'limits.raised', 'actor', actor, 'detail',
      jsonb_strip_nulls(jsonb_build_object('why', why)))
    where workflow_id = run returning * into r;
  perform audit_operator(r, actor, 'run.raise_limits', before, (run_state(r) -> 'limits') || jsonb_build_object('why', why));
  if 'budget' = any (r.held_by) and steps_used_up(r) is null then
    update run_holds set cleared_at = clock_timestamp(), cleared_by = actor, cleared_why = 'its limit was raised'
      where workflow_id = run and kind = 'budget' and cleared_at is null;
    r := finish_control(r, 'resume', 'run.resume', actor, coalesce(why, 'its limit was raised'), 'budget');
  end if;
  return run_state(r);
end $$;

-- A plain write that goes over a limit has happened and is kept; the run is held from then on.
create function hold_over_budget(r workflow_checkpoints) returns workflow_checkpoints
language plpgsql as $$
declare
  why text := coalesce(used_up(r),
    case when r.steps > r.limit_steps then format('step %s began, the limit is %s', r.steps, r.limit_steps) end);
begin
  if why is null then return r; end if;
  insert into run_holds (workflow_id, kind, stop_reason, opened_by, why)
    values (r.workflow_id, 'budget', 'BUDGET_EXCEEDED', 'holdpoint', why);
  r.resume_to := r.status;
  r.status := 'paused';
  r.held_by := '{budget}';
  r.paused_at := clock_timestamp();
  r.stop_reason := 'BUDGET_EXCEEDED';
  r.stop_detail := why;
  return r;
end $$;

-- Invariants 2 and 3: final is final; no change without its event, dense per run, in the same transaction.
-- A BEFORE UPDATE row trigger holds the row's lock, so `old` is the latest row and seq cannot repeat.
-- `event_hint` marks a change made by a function of ours, which has done its own checks; no role can write it.
create or replace function guard_run_update() returns trigger
language plpgsql security definer set search_path from current set timezone to 'UTC' as $$
declare
  hint jsonb := new.event_hint;
  kind text;
  actor text;
begin
  new.event_hint := null;
  if hint is null then
    -- Nothing changed, or a final status written again: a no-op.
    if new *= old or is_same_end(old, new) then return old; end if;
    perform check_sizes(new);
    new := guard_plain_change(old, new);
  elsif new.status <> old.status then
    if not exists (select from run_transitions t where t.from_status = old.status and t.to_status = new.status) then
      raise exception 'run % cannot go from % to %: nothing was written', old.workflow_id, old.status, new.status
        using errcode = 'HP003';
    end if;
  end if;
  -- Columns that follow from what was written.
  if new.current_step is distinct from old.current_step then
    new.step_since := clock_timestamp();
    new.steps := old.steps + 1;
    if new.current_tool is not distinct from old.current_tool then new.current_tool := null; end if;
    if new.waiting_on is not distinct from old.waiting_on then new.waiting_on := null; end if;
  end if;
  -- Of plain SQL whatever it writes is a moment to look: one that writes only tasks would never be held.
  if new.status in ('queued', 'running', 'approved') and (hint is null or new.engine = 'sql'
      and hint ->> 'kind' in ('task.written', 'audit.recorded', 'run.progress', 'run.waiting')) then
    new := hold_over_budget(new);
  end if;
  if new.status <> old.status then new.status_since := clock_timestamp(); end if;
  if new.current_tool is null then
    new.tool_since := null;
    new.tool_target := null;
  elsif new.current_tool is distinct from old.current_tool then
    new.tool_since := clock_timestamp();
  end if;

  kind := coalesce(hint ->> 'kind', kind_of_change(old, new));
  actor := coalesce(hint ->> 'actor', writer(new.agent_id));
  new.seq := old.seq + 1;
  new.last_event := jsonb_build_object('kind', kind, 'actor', actor, 'at', clock_timestamp());
  insert into run_events (workflow_id, seq, kind, actor, at, detail, state)
    values (new.workflow_id, new.seq, kind, actor, (new.last_event ->> 'at')::timestamptz, hint -> 'detail',
      run_state(new));
  return new;
end $$;

grant execute on function settle_action(uuid, text, boolean, text, jsonb), raise_limits(uuid, text, jsonb, text)
  to holdpoint_server;
