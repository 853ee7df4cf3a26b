-- What a control leaves behind: its request, how far that got with the worker, and its row in the log.

-- Every verb begins with this: it comes from the server or from whoever administers the schema, and names its actor.
create or replace function check_actor(actor text, why text) returns void
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
  if not is_administrator() and not exists (select from powers_of(actor)) then
    raise exception 'nobody named % may act here: nothing was done', actor
      using errcode = 'HP030', hint = 'They were disabled, or their token was revoked.';
  end if;
end $$;

-- A request at its first stage. With no worker there is nothing that could still be moving, so it is quiesced
-- at once; of a plain-SQL agent that cannot be known, so it never is.
create or replace function control_requested(r workflow_checkpoints, verb text, actor text, why text) returns jsonb
language sql volatile set timezone to 'UTC' as $$
  select jsonb_build_object('verb', verb, 'by', actor, 'why', why, 'requestedAt', clock_timestamp(),
    'deliveredAt', null, 'acknowledgedAt', null,
    'quiescedAt', case when r.engine <> 'sql' and not has_worker(r.workflow_id) then clock_timestamp() end)
$$;

-- The end of a verb that changed a run's holds. `r` is the run as it was: its state follows from its holds as they
-- are now, the request sets out, the log has both, and its worker is woken.
create or replace function finish_control(r workflow_checkpoints, verb text, act text, actor text, why text,
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

-- Stages of a control that this call proves, as columns of the row; null when there is nothing new.
create or replace function control_reached(control jsonb, stage text) returns jsonb
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
create or replace function control_ack(run uuid, caller_epoch integer, stage text) returns jsonb
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
  -- Its word would be the agent's own: without a lease nobody can be observed to obey.
  if r.engine = 'sql' then
    raise exception 'run % is driven by plain SQL: whether it obeyed cannot be observed', run using errcode = 'HP003';
  end if;
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

-- A worker whose obedience can be observed: one with a lease that has not run out.
create or replace function has_worker(run uuid) returns boolean
language sql stable as
$$ select exists (select from run_leases where workflow_id = run and lease_until > clock_timestamp()) $$;

-- Wakes the workers that listen. Any login may fill the queue of notifications by listening and not reading, and a
-- full queue refuses the whole transaction at its commit: no control may depend on it.
create or replace function wake_workers(run uuid) returns void
language plpgsql as $$
begin
  if pg_notification_queue_usage() < 0.5 then perform pg_notify('holdpoint_control', run::text); end if;
end $$;

-- One audit row for what an operator did. Invariant 7: same transaction, or it did not happen.
create or replace function audit_operator(r workflow_checkpoints, actor text, act text, before jsonb, after jsonb) returns void
language sql as $$
  insert into agent_audit_log (agent_id, workflow_id, action, target_table, target_row_id, data_before, data_after,
      data_timestamp, actor)
    values (r.agent_id, r.workflow_id, act, 'workflow_checkpoints', r.workflow_id::text, before, after,
      clock_timestamp(), actor)
$$;

grant execute on function control_ack(uuid, integer, text) to agent_worker;
