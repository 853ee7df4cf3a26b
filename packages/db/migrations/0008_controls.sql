-- What an operator may do with a run. Each verb is one transaction: it locks the run's row first, checks,
-- changes, writes the audit row, and wakes workers that listen. Only operators may call them.

-- One audit row for what an operator did. Invariant 7: same transaction, or it did not happen.
create function audit_operator(r workflow_checkpoints, actor text, act text, before jsonb, after jsonb) returns void
language sql as $$
  insert into agent_audit_log (agent_id, workflow_id, action, target_table, target_row_id, data_before, data_after,
      data_timestamp, actor)
    values (r.agent_id, r.workflow_id, act, 'workflow_checkpoints', r.workflow_id::text, before, after,
      clock_timestamp(), actor)
$$;

-- A worker whose obedience can be observed: one with a lease that has not run out.
create function has_worker(run uuid) returns boolean
language sql stable as
$$ select exists (select from run_leases where workflow_id = run and lease_until > clock_timestamp()) $$;

-- A request at its first stage. With no worker there is nothing that could still be moving, so it is quiesced
-- at once; of a plain-SQL agent that cannot be known, so it never is.
create function control_requested(r workflow_checkpoints, verb text, actor text, why text) returns jsonb
language sql volatile set timezone to 'UTC' as $$
  select jsonb_build_object('verb', verb, 'by', actor, 'why', why, 'requestedAt', clock_timestamp(),
    'deliveredAt', null, 'acknowledgedAt', null,
    'quiescedAt', case when r.engine <> 'sql' and not has_worker(r.workflow_id) then clock_timestamp() end)
$$;

create function check_actor(actor text, why text) returns void
language plpgsql set search_path from current as $$
begin
  perform assert_operator();
  if coalesce(actor, '') = '' then
    raise exception 'the actor is missing: nothing was done' using errcode = 'HP010';
  end if;
  -- A verb must see what committed while it waited for the run's lock: a child, a hold, a decision.
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'a verb needs a READ COMMITTED transaction, not %: nothing was done',
      upper(current_setting('transaction_isolation')) using errcode = 'HP010';
  end if;
  perform check_text('the actor', actor, 200), check_text('the reason', why, 2000);
end $$;

-- Wakes the workers that listen. Any login may fill the queue of notifications by listening and not reading, and a
-- full queue refuses the whole transaction at its commit: no control may depend on it.
create function wake_workers(run uuid) returns void
language plpgsql as $$
begin
  if pg_notification_queue_usage() < 0.5 then perform pg_notify('holdpoint_control', run::text); end if;
end $$;

-- What an audit row keeps of a run before and after a verb.
create function held_state(r workflow_checkpoints) returns jsonb
language sql immutable as $$
  select jsonb_build_object('status', r.status, 'heldBy', r.held_by, 'stopReason', r.stop_reason, 'seq', r.seq)
$$;

-- The end of a verb that changed a run's holds. `r` is the run as it was: its state follows from its holds as they
-- are now, the request sets out, the log has both, and its worker is woken.
create function finish_control(r workflow_checkpoints, verb text, act text, actor text, why text,
  hold text default null, resume_as text default null) returns workflow_checkpoints
language plpgsql as $$
declare
  before jsonb := held_state(r);
  what jsonb := case when hold is null then '{}' else jsonb_build_object('hold', hold) end;
begin
  r := settle_run(r.workflow_id, jsonb_build_object('actor', actor,
      'otherwise', case verb when 'resume' then 'hold.cleared' else 'hold.opened' end,
      'detail', what || jsonb_build_object('why', why)),
    control_requested(r, verb, actor, why), resume_as);
  perform audit_operator(r, actor, act, before, held_state(r) || jsonb_build_object('why', why));
  perform wake_workers(r.workflow_id);
  return r;
end $$;

create function pause_run(run uuid, actor text, why text default null) returns jsonb
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

-- Clears every hold that a person may lift by resuming. Approvals need their decision, isolation its release.
create function resume_run(run uuid, actor text, why text default null) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  r workflow_checkpoints;
  cleared integer;
begin
  perform check_actor(actor, why);
  r := lock_run(run);
  if is_final(r.status) then perform raise_ended(r); end if;
  update run_holds set cleared_at = clock_timestamp(), cleared_by = actor, cleared_why = resume_run.why
    where workflow_id = run and cleared_at is null and kind not in ('approval', 'isolation');
  get diagnostics cleared = row_count;
  if cleared = 0 and 'isolation' = any (r.held_by) then
    raise exception 'run % is held because its agent is isolated: nothing was done', run
      using errcode = 'HP001', hint = 'Release the agent.';
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

-- Ends one run for good. The caller holds its lock and has seen that it has not ended.
create function kill_one(r workflow_checkpoints, actor text, why text) returns workflow_checkpoints
language plpgsql as $$
declare
  before jsonb := held_state(r);
  request jsonb := control_requested(r, 'kill', actor, why);
  in_flight integer := close_run(r.workflow_id, actor, 'the run was killed');
begin
  update workflow_checkpoints set status = 'killed', held_by = '{}', resume_to = null, stop_reason = 'USER_KILLED',
    stop_detail = why, waiting_on = null, current_tool = null, control = request,
    event_hint = jsonb_build_object('kind', 'run.killed', 'actor', actor,
      'detail', jsonb_build_object('why', why, 'inFlight', in_flight))
    where workflow_id = r.workflow_id returning * into r;
  perform audit_operator(r, actor, 'run.kill', before, held_state(r) || jsonb_build_object('why', why));
  perform wake_workers(r.workflow_id);
  return r;
end $$;

-- Ends a run and all below it for good. Returns the states of the runs it killed, the named one first.
-- Level by level, because an agent could nest runs deeper than a stack; through runs that ended before, because
-- what they started may still run. A level is read when the locks above it are held, or its parents have ended:
-- no child can be added meanwhile. `most` bounds one transaction, because an agent could start more runs than can
-- be killed in any patience; named again, a killed run's call goes on with what is left below it.
create function kill_run(run uuid, actor text, why text default null, most integer default null) returns setof jsonb
language plpgsql security definer set search_path from current as $$
declare
  r workflow_checkpoints;
  level uuid[] := array[run];
  living uuid[];
  below uuid;
  named workflow_checkpoints;
  killed integer := 0;
begin
  perform check_actor(actor, why);
  named := lock_run(run);
  if not is_final(named.status) then
    return next run_state(kill_one(named, actor, why));
    killed := 1;
  elsif named.status <> 'killed' then
    perform raise_ended(named);
  end if;
  loop
    select array_agg(workflow_id), array_agg(workflow_id order by workflow_id) filter (where not is_final(status))
      into level, living from workflow_checkpoints where parent_id = any (level);
    exit when level is null;
    foreach below in array coalesce(living, '{}') loop
      if killed >= most then return; end if;
      r := lock_run(below);
      continue when is_final(r.status);
      return next run_state(kill_one(r, actor, left('its parent was killed: ' || coalesce(why, 'no reason given'), 2000)));
      killed := killed + 1;
    end loop;
  end loop;
  if killed = 0 then perform raise_ended(named); end if;
end $$;
