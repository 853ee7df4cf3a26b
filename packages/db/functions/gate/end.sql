-- What became of an action, in its worker's words.

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

create or replace function keep_action_attempt() returns trigger
language plpgsql as $$
begin
  insert into action_attempts (action_id, attempt, epoch, state, response, error, error_class, external_ref, late,
      intended_at, ended_at)
    values (old.action_id, old.attempt, old.epoch, old.state, old.response, old.error, old.error_class, old.external_ref,
      old.late, old.intended_at, old.ended_at);
  return null;
end $$;

grant execute on function end_action(uuid, integer, uuid, jsonb) to agent_worker;
