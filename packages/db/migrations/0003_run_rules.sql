-- The state machine and the history. Every change of a run's row passes guard_run_update, whoever wrote it.
-- Functions here and in the next files that are SECURITY DEFINER may be entered from an agent's statement or by a
-- trigger; the others are internal, are called only by those, and run with their rights and search_path.

create table run_transitions (
  from_status text not null,
  to_status text not null,
  taken_by text not null check (taken_by in ('agent', 'holdpoint')),
  primary key (from_status, to_status)
);
insert into run_transitions (from_status, to_status, taken_by) values
  ('queued', 'running', 'agent'), ('queued', 'paused', 'agent'), ('queued', 'complete', 'agent'),
  ('queued', 'failed', 'agent'), ('queued', 'killed', 'holdpoint'),
  ('running', 'paused', 'agent'), ('running', 'complete', 'agent'), ('running', 'failed', 'agent'),
  ('running', 'killed', 'holdpoint'), ('running', 'lost', 'holdpoint'),
  ('paused', 'complete', 'agent'), ('paused', 'failed', 'agent'), ('paused', 'running', 'holdpoint'),
  ('paused', 'approved', 'holdpoint'), ('paused', 'queued', 'holdpoint'), ('paused', 'killed', 'holdpoint'),
  ('approved', 'running', 'agent'), ('approved', 'paused', 'agent'), ('approved', 'complete', 'agent'),
  ('approved', 'failed', 'agent'), ('approved', 'killed', 'holdpoint'), ('approved', 'lost', 'holdpoint'),
  ('lost', 'running', 'holdpoint'), ('lost', 'queued', 'holdpoint'), ('lost', 'paused', 'holdpoint'),
  ('lost', 'killed', 'holdpoint');

create function is_final(status text) returns boolean
language sql immutable parallel safe as
$$ select status in ('complete', 'failed', 'killed') $$;

-- A run's small state as events carry it and screens read it (packages/protocol, interface Run). Whoever stores
-- it sets TimeZone, because a client chooses its own.
create function run_state(r workflow_checkpoints) returns jsonb
language sql stable as $$
  select jsonb_build_object(
    'id', r.workflow_id, 'agentId', r.agent_id, 'parentId', r.parent_id, 'rootId', coalesce(r.root_id, r.workflow_id),
    'goal', left(r.goal, 300), 'skill', r.skill, 'skillVersion', r.skill_version, 'labels', r.labels,
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

create function raise_held(r workflow_checkpoints) returns void
language plpgsql as $$
declare
  h run_holds;
begin
  select * into h from run_holds where workflow_id = r.workflow_id and cleared_at is null
    order by array_position(array['isolation', 'operator_pause', 'detection', 'budget', 'breaker', 'check_in',
      'restore', 'approval', 'self'], kind), opened_at limit 1;
  raise exception 'run % is held (%)%: nothing was written', r.workflow_id, coalesce(r.stop_reason, r.status),
      case when h.hold_id is null then '' else format(' by %s since %s%s', h.opened_by,
        to_char(h.opened_at at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS"Z"'), coalesce(', ' || h.why, '')) end
    using errcode = 'HP001', hint = 'Wait until the run''s status is running or approved, then write again.';
end $$;

create function raise_ended(r workflow_checkpoints) returns void
language plpgsql as $$
begin
  raise exception 'run % is % (%): that is final, nothing was written', r.workflow_id, r.status,
      coalesce(r.stop_reason, 'ended by its agent')
    using errcode = 'HP002', hint = 'Stop working on this run; start a new one if the work is still wanted.';
end $$;

-- Locks a run's row (always the first lock taken) and returns it.
create function lock_run(run uuid) returns workflow_checkpoints
language plpgsql as $$
declare
  r workflow_checkpoints;
begin
  select * into r from workflow_checkpoints where workflow_id = run for no key update;
  if not found then
    raise exception 'no run %: nothing was written', run using errcode = 'HP005';
  end if;
  return r;
end $$;

-- What a run's end takes with it: holds, approvals, the lease; actions in flight become unknown, because an
-- action that passed the gate may have landed.
create function close_run(run uuid, by_whom text, how text) returns integer
language plpgsql as $$
declare
  in_flight integer;
begin
  update run_holds set cleared_at = clock_timestamp(), cleared_by = by_whom, cleared_why = how
    where workflow_id = run and cleared_at is null;
  update approval_queue set closed_at = clock_timestamp(), closed_why = how
    where workflow_id = run and decision is null and closed_at is null;
  delete from run_leases where workflow_id = run;
  update actions set state = 'unknown', ended_at = clock_timestamp()
    where workflow_id = run and state in ('intended', 'accepted');
  get diagnostics in_flight = row_count;
  return in_flight;
end $$;

-- What is written here will be read: by a server, by a screen. So three bounds: the size of a fresh copy (a value
-- that comes out of a table may be compressed, and would pass); its text, because 1e131071 is ten bytes here and
-- 128 KiB there; its depth, because readers recurse.
create function check_size(what text, value jsonb, most integer) returns void
language plpgsql stable as $$
declare
  size integer := pg_column_size(jsonb_build_array(value));
begin
  if size <= most and octet_length(value::text) > 2 * most then
    size := octet_length(value::text);
  end if;
  if size > most then
    raise exception '% is % bytes, the limit is %: nothing was written', what, size, most
      using errcode = 'HP016', hint = 'Store large data elsewhere and write a reference to it.';
  end if;
  -- A hundred levels need more than 400 bytes; most values are spared the search.
  if size > 400 and jsonb_path_exists(value, '$.**{101}') then
    raise exception '% is nested deeper than 100 levels: nothing was written', what using errcode = 'HP016';
  end if;
end $$;

create function check_text(what text, value text, most integer) returns void
language plpgsql immutable as $$
begin
  if char_length(value) > most then
    raise exception '% is % characters long, the limit is %: nothing was written', what, char_length(value), most
      using errcode = 'HP016';
  end if;
end $$;

-- Rules for a row that starts. An agent starts it queued, running or paused (or records one that ended).
create function guard_new_run(r workflow_checkpoints) returns workflow_checkpoints
language plpgsql as $$
declare
  parent workflow_checkpoints;
begin
  if r.agent_id is null or r.agent_id = '' then
    raise exception 'agent_id is missing: nothing was written' using errcode = 'HP010';
  end if;
  if r.event_hint is null and r.status not in ('queued', 'running', 'paused', 'complete', 'failed') then
    raise exception 'a run cannot start as %: nothing was written', r.status using errcode = 'HP003';
  end if;
  if not is_operator() and not may_act_as(r.agent_id) then
    raise exception 'login "%" may not act as agent "%": nothing was written', session_user, r.agent_id
      using errcode = 'HP004';
  end if;
  -- A connection of an isolated agent that has not ended yet starts nothing new.
  if exists (select from agent_logins where login = session_user and isolated_at is not null) then
    raise exception 'agent "%" is isolated: nothing was written', r.agent_id using errcode = 'HP001';
  end if;
  r.root_id := r.workflow_id;
  if r.parent_id is not null then
    -- The parent's row is locked against a kill that would not see this child.
    select * into parent from workflow_checkpoints where workflow_id = r.parent_id for share;
    -- The same words for another agent's run: its id is not confirmed.
    if not found or not (is_operator() or may_act_as(parent.agent_id)) then
      raise exception 'no parent run %: nothing was written', r.parent_id using errcode = 'HP005';
    end if;
    if is_final(parent.status) then perform raise_ended(parent); end if;
    if cardinality(parent.held_by) > 0 or parent.status in ('paused', 'lost') then perform raise_held(parent); end if;
    r.root_id := coalesce(parent.root_id, parent.workflow_id);
  end if;
  if r.status = 'paused' then
    r.held_by := '{self}';
    r.resume_to := 'approved';
    r.stop_reason := 'AWAITING_APPROVAL';
    r.stop_detail := 'started paused by its agent; no approval asked for yet';
  end if;
  r.status_since := clock_timestamp();
  r.step_since := case when r.current_step is not null then clock_timestamp() end;
  r.steps := case when r.current_step is not null then 1 else 0 end;
  r.tool_since := case when r.current_tool is not null then clock_timestamp() end;
  return r;
end $$;

-- A run that is paused already may say so again, and once per hold name the step it stopped at (the field's
-- agents write "paused" and "awaiting_approval" together). It cannot carry anything else, or steps one by one.
create function check_pausing_again(old workflow_checkpoints, new workflow_checkpoints) returns void
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
create function guard_plain_change(old workflow_checkpoints, new workflow_checkpoints) returns workflow_checkpoints
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

-- Derives an event's kind from a plain change.
create function kind_of_change(old workflow_checkpoints, new workflow_checkpoints) returns text
language sql immutable as $$
  select case
    when new.status <> old.status then 'run.' || new.status
    when new.current_step is distinct from old.current_step
      or new.step_input is distinct from old.step_input then 'run.step'
    when new.waiting_on is distinct from old.waiting_on then 'run.waiting'
    else 'run.progress'
  end
$$;

-- What agents write into these two is read by screens as protocol's `labels` and `WaitingOn`.
create function check_shapes(labels jsonb, waiting_on jsonb) returns void
language plpgsql stable as $$
begin
  if jsonb_typeof(labels) <> 'object' or jsonb_path_exists(labels, '$.* ? (@.type() != "string")') then
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

create function check_sizes(r workflow_checkpoints) returns void
language plpgsql as $$
begin
  perform check_size('step_input', r.step_input, 262144), check_size('labels', r.labels, 4096),
    check_size('waiting_on', r.waiting_on, 4096), check_size('capabilities', r.capabilities, 16384),
    check_text('agent_id', r.agent_id, 200), check_text('engine', r.engine, 100),
    check_text('native_id', r.native_id, 500),
    check_text('current_step', r.current_step, 500), check_text('goal', r.goal, 4000),
    check_text('skill', r.skill, 200), check_text('skill_version', r.skill_version, 200),
    check_text('current_tool', r.current_tool, 200), check_text('tool_target', r.tool_target, 1000);
  perform check_shapes(r.labels, r.waiting_on);
end $$;

-- Whose hand an event shows when no function named one: the agent's, or a login that is no agent's (psql at night).
create function writer(agent text) returns text
language sql stable as $$
  select case when exists (select from agent_logins where login = session_user) then 'agent:' || agent
    else 'login:' || session_user end
$$;

-- A run that starts. The row may yet turn out to exist (ON CONFLICT), so its event is written afterwards.
create function guard_run_insert() returns trigger
language plpgsql security definer set search_path from current set timezone to 'UTC' as $$
declare
  hint jsonb := new.event_hint;
begin
  -- No run is ever removed: this row will meet the one that is there, as an upsert or as an error. The rules for
  -- a new run (its parent may have ended since) are not its rules.
  if exists (select from workflow_checkpoints where workflow_id = new.workflow_id) then return new; end if;
  new := guard_new_run(new);
  perform check_sizes(new);
  new.event_hint := null;
  new.seq := 1;
  new.last_event := jsonb_build_object('kind', coalesce(hint ->> 'kind', 'run.started'),
    'actor', coalesce(hint ->> 'actor', writer(new.agent_id)), 'at', clock_timestamp());
  return new;
end $$;
create trigger guard_run_insert before insert on workflow_checkpoints
  for each row execute function guard_run_insert();

create function record_run_insert() returns trigger
language plpgsql security definer set search_path from current set timezone to 'UTC' as $$
begin
  insert into run_events (workflow_id, seq, kind, actor, at, state)
    values (new.workflow_id, new.seq, new.last_event ->> 'kind', new.last_event ->> 'actor',
      (new.last_event ->> 'at')::timestamptz, run_state(new));
  if new.status = 'paused' then
    insert into run_holds (workflow_id, kind, stop_reason, opened_by, why)
      values (new.workflow_id, 'self', 'AWAITING_APPROVAL', 'agent:' || new.agent_id, 'started paused by its agent');
  end if;
  return null;
end $$;
create trigger record_run_insert after insert on workflow_checkpoints
  for each row execute function record_run_insert();

-- The write that ended a run, sent once more. It may repeat the times and what its end has emptied; a write that
-- would change anything else is refused, not dropped in silence.
create function is_same_end(old workflow_checkpoints, new workflow_checkpoints) returns boolean
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

-- Invariants 2 and 3: final is final; no change without its event, dense per run, in the same transaction.
-- A BEFORE UPDATE row trigger holds the row's lock, so `old` is the latest row and seq cannot repeat.
-- `event_hint` marks a change made by a function of ours, which has done its own checks; no role can write it.
create function guard_run_update() returns trigger
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
  if new.status <> old.status then new.status_since := clock_timestamp(); end if;
  if new.current_step is distinct from old.current_step then
    new.step_since := clock_timestamp();
    new.steps := old.steps + 1;
    if new.current_tool is not distinct from old.current_tool then new.current_tool := null; end if;
    if new.waiting_on is not distinct from old.waiting_on then new.waiting_on := null; end if;
  end if;
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
create trigger guard_run_update before update on workflow_checkpoints
  for each row execute function guard_run_update();

-- Nobody removes a run while Holdpoint watches it.
create function refuse_removal() returns trigger
language plpgsql as $$
begin
  raise exception '% on % is refused: this record is kept', lower(tg_op), tg_table_name using errcode = 'HP009';
end $$;
create trigger runs_are_kept before delete or truncate on workflow_checkpoints
  for each statement execute function refuse_removal();

-- Invariant 8: events and audit rows are append-only, for the owner too.
-- Row triggers are cloned to every partition, so naming a partition does not go round them.
create trigger events_are_kept before update or delete on run_events
  for each row execute function refuse_removal();
create trigger events_are_not_truncated before truncate on run_events
  for each statement execute function refuse_removal();
create trigger events_are_not_truncated before truncate on run_events_default
  for each statement execute function refuse_removal();
create trigger audit_is_kept before update or delete or truncate on agent_audit_log
  for each statement execute function refuse_removal();

-- Makes the partitions of this month and the next `months`; returns how many it made. A month whose rows
-- already fell into the default partition stays there.
create function make_event_partitions(months integer) returns integer
language plpgsql security definer set search_path from current as $$
declare
  m date;
  part text;
  made integer := 0;
begin
  for i in 0..months loop
    m := date_trunc('month', now() at time zone 'utc')::date + make_interval(months => i);
    part := 'run_events_' || to_char(m, 'YYYY_MM');
    continue when to_regclass(part) is not null;
    continue when exists (
      select from run_events_default
      where at >= m::timestamp at time zone 'utc' and at < (m + interval '1 month') at time zone 'utc');
    execute format('create table %I partition of run_events for values from (%L) to (%L)', part,
      m::timestamp at time zone 'utc', (m + interval '1 month') at time zone 'utc');
    execute format('create trigger events_are_not_truncated before truncate on %I
      for each statement execute function refuse_removal()', part);
    made := made + 1;
  end loop;
  return made;
end $$;
select make_event_partitions(3);
