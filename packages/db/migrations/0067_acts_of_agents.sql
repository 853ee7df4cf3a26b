-- What an agent does to its run stands in the log, too, in the same transaction, whether by SQL or by functions: that it
-- started and ended it, that it asked people, and what the gate refused it. Invariant 7. Not a row for each step, nor for the
-- outcome of each action: those have their events, and the row of the action's beginning is read with what became of it.

-- As before, and the log has it. `last_event` says whose hand it was, as the run's event does.
create or replace function record_run_insert() returns trigger
language plpgsql security definer set search_path from current set timezone to 'UTC' as $$
begin
  insert into run_events (workflow_id, seq, kind, actor, at, state)
    values (new.workflow_id, new.seq, new.last_event ->> 'kind', new.last_event ->> 'actor',
      (new.last_event ->> 'at')::timestamptz, run_state(new));
  if new.status = 'paused' then
    insert into run_holds (workflow_id, kind, stop_reason, opened_by, why)
      values (new.workflow_id, 'self', 'AWAITING_APPROVAL', 'agent:' || new.agent_id, 'started paused by its agent');
  end if;
  if new."loop" is not null then perform record_firing(new); end if;
  insert into agent_audit_log (agent_id, workflow_id, action, target_table, target_row_id, data_after, data_timestamp, actor)
    values (new.agent_id, new.workflow_id, 'run.start', 'workflow_checkpoints', new.workflow_id::text,
      jsonb_strip_nulls(jsonb_build_object('status', new.status, 'step', left(new.current_step, 500),
        'goal', left(new.goal, 500), 'skill', left(new.skill, 200), 'parent', new.parent_id, 'loop', new."loop")),
      clock_timestamp(), new.last_event ->> 'actor');
  return null;
end $$;

-- How it ended, by its own hand: a kill is a verb of people, and has its row.
create function record_run_end() returns trigger
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

-- A step pays for a comparison.
create trigger record_run_end after update on workflow_checkpoints
  for each row when (new.status in ('complete', 'failed') and old.status not in ('complete', 'failed', 'killed'))
  execute function record_run_end();

-- As before, and the log has who asked for what. What a standing yes answers at once was asked, too.
create or replace function hold_for_approval() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  r workflow_checkpoints;
  before jsonb;
  about jsonb := jsonb_build_object('approvalId', new.approval_id, 'tool', new.tool, 'target', left(new.target, 200),
    'changes', change_of(new.kind, new.arguments));
  asked jsonb := jsonb_strip_nulls(about - 'approvalId' || jsonb_build_object('digest', new.digest, 'expiresAt', new.expires_at));
begin
  select * into r from workflow_checkpoints where workflow_id = new.workflow_id;
  before := held_state(r);
  -- What held the run until its request came is answered by the request.
  update run_holds set cleared_at = clock_timestamp(), cleared_by = opened_by, cleared_why = 'its request arrived'
    where workflow_id = new.workflow_id and kind = 'self' and cleared_at is null;
  if new.decision is not null then
    perform audit_approval(new, writer(r.agent_id), 'approval.request', before, before || asked);
    perform settle_run(new.workflow_id, jsonb_build_object('kind', 'approval.decided', 'actor', 'holdpoint', 'detail',
      jsonb_strip_nulls(about || jsonb_build_object('decision', new.decision, 'why', 'by ' || new.decided_by))), null, 'approved');
    perform audit_approval(new, 'holdpoint', 'approval.' || new.decision, jsonb_build_object('decision', null),
      jsonb_build_object('decision', new.decision, 'digest', new.digest, 'by', new.decided_by));
    return null;
  end if;
  insert into run_holds (workflow_id, kind, stop_reason, opened_by, why, approval_id)
    values (new.workflow_id, 'approval', 'AWAITING_APPROVAL', 'agent:' || r.agent_id, asked_words(new), new.approval_id);
  r := settle_run(new.workflow_id, jsonb_build_object('kind', 'approval.requested', 'detail', jsonb_strip_nulls(about)),
    null, 'approved');
  perform audit_approval(new, writer(r.agent_id), 'approval.request', before, held_state(r) || asked);
  return null;
end $$;

-- As before, and the log has what was refused and why. It names an action only where an earlier attempt made it one.
create or replace function note_refusal(run uuid, a actions, call jsonb, no jsonb) returns jsonb
language plpgsql as $$
begin
  update workflow_checkpoints w set event_hint = jsonb_build_object('kind', 'action.refused', 'actor', 'agent:' || w.agent_id,
      'detail', jsonb_strip_nulls(jsonb_build_object('tool', a.tool, 'target', left(a.target, 200), 'step', a.step,
        'outcome', no ->> 'code', 'why', left(no ->> 'why', 500), 'approvalId', call ->> 'approval')))
    where workflow_id = run;
  insert into agent_audit_log (agent_id, workflow_id, action, target_table, target_row_id, data_after, data_timestamp, actor)
    select w.agent_id, run, 'action.refuse ' || coalesce(a.tool, ''), 'actions',
      (select x.action_id::text from actions x where x.action_id = a.action_id),
      jsonb_strip_nulls(jsonb_build_object('tool', a.tool, 'target', left(a.target, 200), 'step', a.step,
        'digest', left(call ->> 'digest', 64), 'code', no ->> 'code', 'why', left(no ->> 'why', 2000),
        'approval', left(call ->> 'approval', 100))),
      clock_timestamp(), 'agent:' || w.agent_id
    from workflow_checkpoints w where w.workflow_id = run;
  return no;
end $$;
