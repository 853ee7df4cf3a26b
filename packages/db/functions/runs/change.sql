-- Every change of a run's row passes guard_run_update, whoever wrote it, and leaves its event.

-- A run that is paused already may say so again, and once per hold name the step it stopped at (the field's
-- agents write "paused" and "awaiting_approval" together). It cannot carry anything else, or steps one by one.
create or replace function check_pausing_again(old workflow_checkpoints, new workflow_checkpoints) returns void
language plpgsql as $$
declare
  rest workflow_checkpoints := new;
begin
  rest.paused_at := old.paused_at;
  rest.current_step := old.current_step;
  rest.step_input := old.step_input;
  if rest *<> old then perform raise_held(old); end if;
  if (new.current_step, new.step_input) is distinct from (old.current_step, old.step_input) and exists (
      select from run_events e
      where e.workflow_id = old.workflow_id and e.kind in ('run.paused', 'run.step') and e.actor = 'agent:' || old.agent_id
        and e.at >= (select coalesce(min(h.opened_at), old.status_since) from run_holds h
          where h.workflow_id = old.workflow_id and h.cleared_at is null)) then
    perform raise_held(old);
  end if;
end $$;

-- May a plain write (psql, any client, no function of ours) make this change? Returns the row as it is to
-- be stored, or raises. Keeps invariants 1 (held is held), 2 (final is final) and 13 (no self-resume).
create or replace function guard_plain_change(old workflow_checkpoints, new workflow_checkpoints) returns workflow_checkpoints
language plpgsql as $$
declare
  held boolean := cardinality(old.held_by) > 0;
  self_pausing boolean := new.status = 'paused'
    and (old.status <> 'paused' or new.paused_at is distinct from old.paused_at);
begin
  if is_final(old.status) then
    perform raise_ended(old);
  end if;
  if new.workflow_id <> old.workflow_id or new.agent_id is distinct from old.agent_id then
    raise exception 'a run keeps its id and its agent: nothing was written' using errcode = 'HP003';
  end if;
  -- Invariant 13: writing down that less was spent than before would widen the agent's own budget.
  if new.tokens_in < old.tokens_in or new.tokens_out < old.tokens_out or new.cost_usd < old.cost_usd then
    raise exception 'what run % spent only grows: nothing was written', old.workflow_id using errcode = 'HP010';
  end if;

  if old.status = 'lost' then
    raise exception 'run % is lost: its worker''s lease ran out, nothing was written', old.workflow_id
      using errcode = 'HP006', hint = 'Claim the run again (claim_run) and go on from its last checkpoint.';
  end if;

  if new.status in ('complete', 'failed') then
    -- Ending is not an action: accepted while held.
    perform close_run(old.workflow_id, 'agent:' || old.agent_id, 'the run ended: ' || new.status);
    new.held_by := '{}';
    new.resume_to := null;
    new.stop_reason := null;
    new.stop_detail := null;
    new.current_tool := null;
    new.waiting_on := null;
    return new;
  end if;

  if self_pausing then
    -- Pausing is always accepted.
    if old.status = 'paused' then perform check_pausing_again(old, new); end if;
    if not old.held_by && '{self,approval}' then
      insert into run_holds (workflow_id, kind, stop_reason, opened_by, why)
        values (old.workflow_id, 'self', 'AWAITING_APPROVAL', 'agent:' || old.agent_id, 'paused by its agent');
      new.held_by := old.held_by || 'self'::text;
    end if;
    if not held then
      new.stop_reason := 'AWAITING_APPROVAL';
      new.stop_detail := 'paused by its agent; no approval asked for yet';
    end if;
    -- Pausing anew after a no that nothing else holds means that the agent has read it.
    new.resume_to := case when old.resume_to = 'rejected' and held then 'rejected' else 'approved' end;
    return new;
  end if;

  if held then
    perform raise_held(old);
  end if;
  if old.status = 'paused' then
    -- The agent's own edge after a no: it has read the answer and goes on without the refused action.
    if new.status <> 'running' or old.resume_to is distinct from 'rejected' then perform raise_held(old); end if;
    new.resume_to := null;
  elsif new.status <> old.status and not exists (
      select from run_transitions t
      where t.from_status = old.status and t.to_status = new.status and t.taken_by = 'agent') then
    raise exception 'run % cannot go from % to % by its agent''s write: nothing was written',
      old.workflow_id, old.status, new.status using errcode = 'HP003';
  end if;
  if new.status = 'running' and old.status <> 'running' then
    new.stop_reason := null;
    new.stop_detail := null;
  end if;
  return new;
end $$;

-- The write that ended a run, sent once more. It may repeat the times and what its end has emptied; a write that
-- would change anything else is refused, not dropped in silence.
create or replace function is_same_end(old workflow_checkpoints, new workflow_checkpoints) returns boolean
language plpgsql immutable as $$
begin
  if not is_final(old.status) then return false; end if;
  new.paused_at := old.paused_at;
  new.resumed_at := old.resumed_at;
  new.current_tool := old.current_tool;
  new.tool_target := old.tool_target;
  new.waiting_on := old.waiting_on;
  return new *= old;
end $$;

-- Derives an event's kind from a plain change.
create or replace function kind_of_change(old workflow_checkpoints, new workflow_checkpoints) returns text
language sql immutable as $$
  select case
    when new.status <> old.status then 'run.' || new.status
    when new.current_step is distinct from old.current_step
      or new.step_input is distinct from old.step_input then 'run.step'
    when new.waiting_on is distinct from old.waiting_on then 'run.waiting'
    else 'run.progress'
  end
$$;

-- Whose hand an event shows when no function named one: the agent's, or a login that is no agent's (psql at night).
create or replace function writer(agent text) returns text
language sql stable as $$
  select case when exists (select from agent_logins where login = session_user) then 'agent:' || agent
    else 'login:' || session_user end
$$;

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
