-- The gate: what an SDK or an adapter asks before an external effect, and what it says afterwards.

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
