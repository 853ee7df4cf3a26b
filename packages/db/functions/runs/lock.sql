-- The run's row is the first lock that anything takes. What is refused for the state that it is then seen in.

-- Locks a run's row (always the first lock taken) and returns it.
create or replace function lock_run(run uuid) returns workflow_checkpoints
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
create or replace function lock_run_to_write(run uuid) returns workflow_checkpoints
language plpgsql as $$
declare
  r workflow_checkpoints := lock_run(run);
begin
  if not is_operator() and not may_act_as(r.agent_id) then
    raise exception 'no run %: nothing was written', run using errcode = 'HP005';
  end if;
  return r;
end $$;

-- Locks the run and checks that this login may act for it. Does not look at its state.
create or replace function lock_own_run(run uuid) returns workflow_checkpoints
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

-- A worker whose run was given to another one, or which never had it, is fenced off.
create or replace function check_epoch(r workflow_checkpoints, caller_epoch integer) returns void
language plpgsql as $$
begin
  if r.epoch is distinct from caller_epoch then
    raise exception 'run % is held by another worker (epoch %, yours is %): nothing was written',
      r.workflow_id, r.epoch, caller_epoch
      using errcode = 'HP006', hint = 'Stop: another worker has gone on with this run.';
  end if;
end $$;

create or replace function raise_ended(r workflow_checkpoints) returns void
language plpgsql as $$
begin
  raise exception 'run % is % (%): that is final, nothing was written', r.workflow_id, r.status,
      coalesce(r.stop_reason, 'ended by its agent')
    using errcode = 'HP002', hint = 'Stop working on this run; start a new one if the work is still wanted.';
end $$;

create or replace function raise_held(r workflow_checkpoints) returns void
language plpgsql as $$
declare
  h run_holds := top_hold(r.workflow_id);
begin
  raise exception 'run % is held (%)%: nothing was written', r.workflow_id, coalesce(r.stop_reason, r.status),
      case when h.hold_id is null then '' else format(' by %s since %s%s', h.opened_by, shown_time(h.opened_at),
        coalesce(', ' || h.why, '')) end
    using errcode = 'HP001', hint = 'Wait until the run''s status is running or approved, then write again.';
end $$;

-- Nothing new begins in a run that has ended or that something holds.
create or replace function check_may_go_on(r workflow_checkpoints) returns void
language plpgsql as $$
begin
  if is_final(r.status) then perform raise_ended(r); end if;
  if cardinality(r.held_by) > 0 or r.status in ('paused', 'lost') then perform raise_held(r); end if;
end $$;
