-- The state machine, a run's state as everyone reads it, and what every writer is checked by.
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

-- How a hold ranks when several are open: the first gives the run its stop reason.
create function hold_rank(kind text) returns integer
language sql immutable as $$
  select array_position(array['isolation', 'operator_pause', 'detection', 'budget', 'breaker', 'check_in', 'restore',
    'approval', 'self'], kind)
$$;

create function top_hold(run uuid) returns run_holds
language sql stable as $$
  select * from run_holds h where h.workflow_id = run and h.cleared_at is null
    order by hold_rank(h.kind), h.opened_at limit 1
$$;

create function raise_held(r workflow_checkpoints) returns void
language plpgsql as $$
declare
  h run_holds := top_hold(r.workflow_id);
begin
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

-- The same for a write that any login may try: of another agent's run it says what it says of none.
create function lock_run_to_write(run uuid) returns workflow_checkpoints
language plpgsql as $$
declare
  r workflow_checkpoints := lock_run(run);
begin
  if not is_operator() and not may_act_as(r.agent_id) then
    raise exception 'no run %: nothing was written', run using errcode = 'HP005';
  end if;
  return r;
end $$;

-- Nothing new begins in a run that has ended or that something holds.
create function check_may_go_on(r workflow_checkpoints) returns void
language plpgsql as $$
begin
  if is_final(r.status) then perform raise_ended(r); end if;
  if cardinality(r.held_by) > 0 or r.status in ('paused', 'lost') then perform raise_held(r); end if;
end $$;

-- Actions that were left in flight: having passed the gate they may have landed, and nobody knows. Returns how many.
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

-- What a run's end takes with it: holds, approvals, the lease, what is in flight. Returns how many actions that were.
create function close_run(run uuid, by_whom text, how text) returns integer
language plpgsql as $$
begin
  update run_holds set cleared_at = clock_timestamp(), cleared_by = by_whom, cleared_why = how
    where workflow_id = run and cleared_at is null;
  update approval_queue set closed_at = clock_timestamp(), closed_why = how
    where workflow_id = run and decision is null and closed_at is null;
  delete from run_leases where workflow_id = run;
  return settle_actions_in_flight(run);
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
