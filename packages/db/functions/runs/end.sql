-- A run that ends: what its end takes with it, and what the log keeps of it.

-- Actions that were left in flight: having passed the gate they may have landed, and nobody knows. Returns how many.
create or replace function settle_actions_in_flight(run uuid) returns integer
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
create or replace function close_run(run uuid, by_whom text, how text) returns integer
language plpgsql as $$
begin
  update run_holds set cleared_at = clock_timestamp(), cleared_by = by_whom, cleared_why = how
    where workflow_id = run and cleared_at is null;
  update approval_queue set closed_at = clock_timestamp(), closed_why = how
    where workflow_id = run and decision is null and closed_at is null;
  delete from run_leases where workflow_id = run;
  return settle_actions_in_flight(run);
end $$;

-- Ends a run from its worker: complete, or failed with a reason. Writing the same end twice is a no-op.
create or replace function end_run(run uuid, caller_epoch integer, end_status text, reason text default null, detail text default null)
returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  r workflow_checkpoints;
begin
  if end_status is null or end_status not in ('complete', 'failed') then
    raise exception 'a run ends complete or failed, not "%": nothing was written', end_status using errcode = 'HP010';
  end if;
  if reason is not null and reason not in ('TOOL_FAILURE', 'TIMEOUT', 'RETRY_LIMIT_REACHED', 'BUDGET_EXCEEDED') then
    raise exception 'an agent cannot give the stop reason "%": nothing was written', reason using errcode = 'HP010';
  end if;
  r := lock_own_run(run);
  if r.status = end_status and r.epoch = caller_epoch then return run_state(r); end if;
  if is_final(r.status) then perform raise_ended(r); end if;
  perform check_epoch(r, caller_epoch), check_text('detail', detail, 4000);
  if r.status = 'lost' then
    raise exception 'run % is lost: claim it before ending it', run using errcode = 'HP006';
  end if;
  perform close_run(run, 'agent:' || r.agent_id, 'the run ended: ' || end_status);
  update workflow_checkpoints set status = end_status, held_by = '{}', resume_to = null, current_tool = null, waiting_on = null,
    stop_reason = case when end_status = 'failed' then reason end, stop_detail = case when end_status = 'failed' then detail end,
    event_hint = jsonb_build_object('kind', 'run.' || end_status, 'detail', jsonb_strip_nulls(jsonb_build_object('why', left(detail, 500))))
    where workflow_id = run returning * into r;
  return run_state(r);
end $$;

-- How it ended, by its own hand: a kill is a verb of people, and has its row.
create or replace function record_run_end() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  insert into agent_audit_log (agent_id, workflow_id, action, target_table, target_row_id, data_before, data_after,
      data_timestamp, actor)
    values (new.agent_id, new.workflow_id, case new.status when 'complete' then 'run.complete' else 'run.fail' end,
      'workflow_checkpoints', new.workflow_id::text, held_state(old),
      held_state(new) || jsonb_strip_nulls(jsonb_build_object('step', left(new.current_step, 500),
        'why', left(new.stop_detail, 2000))),
      clock_timestamp(), new.last_event ->> 'actor');
  return null;
end $$;

-- Nobody removes a run while Holdpoint watches it.
create or replace function refuse_removal() returns trigger
language plpgsql as $$
begin
  raise exception '% on % is refused: this record is kept', lower(tg_op), tg_table_name using errcode = 'HP009';
end $$;

grant execute on function end_run(uuid, integer, text, text, text) to agent_worker;
