-- Deadlines of requests. Nothing here ever approves.

-- Nobody decided in time. `reject`: closed, and the agent reads that; `escalate`: the next are asked, while there are
-- any; else the run stays held until a person gives more time. The caller holds the run's lock.
create or replace function expire_approval(q approval_queue) returns void
language plpgsql as $$
declare
  closes boolean := q.on_expiry = 'reject';
  words text := 'nobody decided by ' || shown_time(q.expires_at);
  step jsonb := case when q.on_expiry = 'escalate' then q.escalation -> q.escalated end;
  was jsonb := jsonb_build_object('assignees', q.assignees, 'quorum', q.quorum, 'expiresAt', q.expires_at, 'handedOn', q.handed_on);
begin
  if step is not null then
    q := ask_others(q, array(select jsonb_array_elements_text(step -> 'to')),
      clock_timestamp() + make_interval(secs => (step ->> 'afterS')::integer), 1);
    perform pass_on(q, 'holdpoint', 'escalated', words, was);
    return;
  end if;
  update approval_queue set expired_at = clock_timestamp(), version = version + 1,
      closed_at = case when closes then clock_timestamp() end, closed_why = case when closes then 'expired: ' || words end
    where approval_id = q.approval_id;
  if closes then
    update run_holds set cleared_at = clock_timestamp(), cleared_by = 'holdpoint', cleared_why = words
      where approval_id = q.approval_id and cleared_at is null;
  else
    update run_holds set stop_reason = 'APPROVAL_EXPIRED', why = words where approval_id = q.approval_id and cleared_at is null;
  end if;
  perform settle_run(q.workflow_id, jsonb_build_object('kind', case when closes then 'approval.expired' else 'approval.overdue' end,
    'actor', 'holdpoint', 'detail', jsonb_build_object('approvalId', q.approval_id, 'why', words)),
    null, case when closes then 'rejected' end);
  perform audit_approval(q, 'holdpoint', 'approval.expired', jsonb_build_object('decision', null),
    jsonb_build_object('onExpiry', q.on_expiry, 'expiresAt', q.expires_at));
  perform wake_workers(q.workflow_id);
end $$;

-- The supervisor's part: settles what has expired, `most` a call; returns how many. A run that someone else has locked
-- comes next time and does not count towards `most`: an agent's open transaction must not keep the others waiting.
create or replace function expire_approvals(most integer default 200) returns integer
language plpgsql security definer set search_path from current as $$
declare
  due record;
  q approval_queue;
  done integer := 0;
begin
  perform assert_operator();
  for due in
    select o.approval_id from approval_queue o join workflow_checkpoints w on w.workflow_id = o.workflow_id
    where o.decision is null and o.closed_at is null and o.expired_at is null and o.expires_at <= clock_timestamp()
    order by o.expires_at limit most for no key update of w skip locked
  loop
    select * into q from approval_queue where approval_id = due.approval_id
      and decision is null and closed_at is null and expired_at is null and expires_at <= clock_timestamp();
    continue when not found;
    perform expire_approval(q);
    done := done + 1;
  end loop;
  return done;
end $$;

-- Gives a request more time, also one that has expired and stays held.
create or replace function extend_approval(approval uuid, actor text, until timestamptz, why text default null, seen integer default null)
returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  q approval_queue;
  before jsonb;
  r workflow_checkpoints;
begin
  perform check_actor(actor, why);
  q := open_approval(approval, seen);
  if q.closed_at is not null then
    raise exception 'approval % closed without a decision (%): nothing was done', approval, q.closed_why using errcode = 'HP008';
  end if;
  -- Invariant 5: handing on binds; nor does whoever gave it away move the deadline of those who have it now.
  if person_of(actor) = any (q.handed_on) then
    raise exception '% has handed this on: nothing was done', person_of(actor) using errcode = 'HP021',
      hint = 'Whoever else is asked, or an administrator, can give it more time.';
  end if;
  if until is null or until <= clock_timestamp() or until <= q.expires_at then
    raise exception 'the new deadline is not later: nothing was done' using errcode = 'HP010';
  end if;
  before := jsonb_build_object('expiresAt', q.expires_at, 'expiredAt', q.expired_at);
  update approval_queue set expires_at = until, expired_at = null, version = version + 1 where approval_id = approval;
  update run_holds set stop_reason = 'AWAITING_APPROVAL', why = extend_approval.why
    where approval_id = approval and cleared_at is null;
  r := settle_run(q.workflow_id, jsonb_build_object('kind', 'approval.changed', 'actor', actor, 'detail',
    jsonb_strip_nulls(jsonb_build_object('approvalId', approval, 'change', 'extended', 'why', why))));
  perform audit_approval(q, actor, 'approval.extended', before, jsonb_build_object('expiresAt', until, 'why', why));
  return run_state(r);
end $$;

grant execute on function
  expire_approvals(integer), extend_approval(uuid, text, timestamptz, text, integer)
  to holdpoint_server;
