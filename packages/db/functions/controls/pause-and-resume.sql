-- What an operator may do with a run. Each verb is one transaction: it locks the run's row first, checks, changes,
-- writes the log's row, and wakes workers that listen. Only operators may call them.

create or replace function pause_run(run uuid, actor text, why text default null) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  r workflow_checkpoints;
  earlier text;
begin
  perform check_actor(actor, why);
  r := lock_run(run);
  if is_final(r.status) then perform raise_ended(r); end if;
  select opened_by into earlier from run_holds
    where workflow_id = run and kind = 'operator_pause' and cleared_at is null;
  if found then
    raise exception 'run % was paused by % already: nothing was done', run, earlier using errcode = 'HP015';
  end if;
  insert into run_holds (workflow_id, kind, stop_reason, opened_by, why)
    values (run, 'operator_pause', 'USER_PAUSED', actor, why);
  return run_state(finish_control(r, 'pause', 'run.pause', actor, why, 'operator_pause'));
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

grant execute on function pause_run(uuid, text, text), resume_run(uuid, text, text) to holdpoint_server;
