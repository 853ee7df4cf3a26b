-- Approvals are rows, so nothing is lost when a process dies. An open one is a hold of its run.

-- A request. Plain SQL gives only workflow_id and requested_by. Refused for a run that has ended or that
-- something other than its own requests holds.
create function guard_approval_request() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  r workflow_checkpoints;
begin
  r := lock_run_to_write(new.workflow_id);
  if is_final(r.status) then perform raise_ended(r); end if;
  if not r.held_by <@ '{self,approval}' or r.status = 'lost' then perform raise_held(r); end if;
  if new.decision is not null then
    raise exception 'a request cannot carry its own decision: nothing was written' using errcode = 'HP004';
  end if;
  perform check_size('arguments', new.arguments, 262144), check_text('the reason', new.agent_reason, 4000),
    check_text('requested_by', new.requested_by, 200), check_text('tool', new.tool, 200), check_text('target', new.target, 1000),
    check_text('digest', new.digest, 200);
  new.requested_login := session_user;
  new.decided_by := null;
  new.decided_at := null;
  new.decision_reason := null;
  new.closed_at := null;
  return new;
end $$;
create trigger guard_approval_request before insert on approval_queue
  for each row execute function guard_approval_request();

create function hold_for_approval() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  asked text := coalesce('asks to run ' || new.tool || coalesce(' on ' || left(new.target, 200), ''), 'asks for approval');
begin
  -- What held the run until its request came is answered by the request.
  update run_holds set cleared_at = clock_timestamp(), cleared_by = opened_by, cleared_why = 'its request arrived'
    where workflow_id = new.workflow_id and kind = 'self' and cleared_at is null;
  insert into run_holds (workflow_id, kind, stop_reason, opened_by, why, approval_id)
    select new.workflow_id, 'approval', 'AWAITING_APPROVAL', 'agent:' || agent_id, asked, new.approval_id
    from workflow_checkpoints where workflow_id = new.workflow_id;
  perform settle_run(new.workflow_id, jsonb_build_object('kind', 'approval.requested', 'detail',
    jsonb_strip_nulls(jsonb_build_object('approvalId', new.approval_id, 'tool', new.tool, 'target', left(new.target, 200)))),
    null, 'approved');
  return null;
end $$;
create trigger hold_for_approval after insert on approval_queue
  for each row execute function hold_for_approval();

-- Invariants 5 and 13: a decision is written once, by decide_approval, and never changed.
create function guard_approval_change() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  if not is_operator() and (new.decision, new.decided_by, new.decided_at) is distinct from
      (old.decision, old.decided_by, old.decided_at) then
    raise exception 'an agent cannot decide: nothing was written' using errcode = 'HP004';
  end if;
  if old.decision is not null and (new.decision, new.decided_by) is distinct from (old.decision, old.decided_by) then
    raise exception 'approval % was % by % already: nothing was written', old.approval_id, old.decision, old.decided_by
      using errcode = 'HP007';
  end if;
  if old.closed_at is not null and new.decision is not null then
    raise exception 'approval % closed without a decision (%): nothing was written', old.approval_id, old.closed_why
      using errcode = 'HP008';
  end if;
  return new;
end $$;
create trigger guard_approval_change before update on approval_queue
  for each row execute function guard_approval_change();
create trigger approvals_are_kept before delete or truncate on approval_queue
  for each statement execute function refuse_removal();

-- Settles a request: one decision, by a conditional update. The run's other holds stay.
create function decide_approval(approval uuid, actor text, verdict text, reason text default null) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  q approval_queue;
  r workflow_checkpoints;
begin
  perform check_actor(actor, reason);
  if verdict is null or verdict not in ('approved', 'rejected') then
    raise exception 'a decision is approved or rejected, not "%": nothing was done', verdict using errcode = 'HP010';
  end if;
  select * into q from approval_queue where approval_id = approval;
  if not found then
    raise exception 'no approval %: nothing was done', approval using errcode = 'HP014';
  end if;
  r := lock_run(q.workflow_id);
  update approval_queue set decision = verdict, decided_by = actor, decided_at = clock_timestamp(), decision_reason = reason
    where approval_id = approval and decision is null and closed_at is null returning * into q;
  if not found then
    select * into q from approval_queue where approval_id = approval;
    if q.decision is not null then
      raise exception 'approval % was % by % at %: nothing was done', approval, q.decision, q.decided_by,
        to_char(q.decided_at at time zone 'utc', 'HH24:MI:SS"Z"') using errcode = 'HP007';
    end if;
    raise exception 'approval % closed without a decision (%): nothing was done', approval, q.closed_why
      using errcode = 'HP008';
  end if;
  update run_holds set cleared_at = clock_timestamp(), cleared_by = actor, cleared_why = verdict
    where approval_id = approval and cleared_at is null;
  r := settle_run(q.workflow_id, jsonb_build_object('kind', 'approval.decided', 'actor', actor, 'detail',
    jsonb_strip_nulls(jsonb_build_object('approvalId', approval, 'decision', verdict, 'why', reason))),
    null, case verdict when 'rejected' then 'rejected' else 'approved' end);
  insert into agent_audit_log (agent_id, workflow_id, action, target_table, target_row_id, data_before, data_after,
      data_timestamp, actor)
    values (r.agent_id, r.workflow_id, 'approval.' || verdict, 'approval_queue', approval::text,
      jsonb_build_object('decision', null), jsonb_build_object('decision', verdict, 'why', reason), clock_timestamp(), actor);
  perform wake_workers(r.workflow_id);
  return run_state(r);
end $$;
