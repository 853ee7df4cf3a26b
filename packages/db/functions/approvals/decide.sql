-- One person's answer to a request, and what makes it a decision.

-- Locks the run of a request, and refuses what is settled, closed, expired, or not as the caller saw it.
create or replace function open_approval(approval uuid, seen integer) returns approval_queue
language plpgsql as $$
declare
  q approval_queue;
  run uuid;
begin
  select workflow_id into run from approval_queue where approval_id = approval;
  if not found then
    raise exception 'no approval %: nothing was done', approval using errcode = 'HP014';
  end if;
  perform lock_run(run);
  select * into q from approval_queue where approval_id = approval for no key update;
  if q.decision is not null then
    raise exception 'approval % was % by % at %: nothing was done', approval, q.decision, q.decided_by,
      to_char(q.decided_at at time zone 'utc', 'HH24:MI:SS"Z"') using errcode = 'HP007';
  end if;
  if q.closed_at is not null and q.expired_at is null then
    raise exception 'approval % closed without a decision (%): nothing was done', approval, q.closed_why
      using errcode = 'HP008';
  end if;
  if q.version <> seen then
    raise exception 'approval % has changed since you looked (version %, you saw %): nothing was done', approval, q.version, seen
      using errcode = 'HP020', hint = 'Look at it again, then decide.';
  end if;
  return q;
end $$;

-- The same for an answer: nobody answers what has expired.
create or replace function answerable_approval(approval uuid, seen integer) returns approval_queue
language plpgsql as $$
declare
  q approval_queue := open_approval(approval, seen);
begin
  if q.expired_at is not null or q.expires_at <= clock_timestamp() then
    raise exception 'approval % expired at %: nothing was done', approval, shown_time(q.expires_at) using errcode = 'HP019',
      hint = case when q.closed_at is null then 'Give it more time first, if it should still be decided.'
        else 'It is closed: the agent reads that, and may ask again.' end;
  end if;
  return q;
end $$;

-- The answers that a request may be settled with.
create or replace function allows(q approval_queue, answer text) returns boolean
language sql immutable as $$ select coalesce(answer = any (q.allowed), true) $$;

create or replace function has_arguments(q approval_queue) returns boolean
language sql immutable as $$ select q.tool is not null and q.arguments is not null $$;

-- May this kind of answer be given? `edited` only where there are arguments.
create or replace function check_answer(q approval_queue, verdict text, edited jsonb) returns void
language plpgsql as $$
declare
  broken text;
  answer text := case when verdict = 'rejected' then 'reject' when edited is null then 'approve' else 'edit' end;
begin
  if verdict is null or verdict not in ('approved', 'rejected') then
    raise exception 'a decision is approved or rejected, not "%": nothing was done', verdict using errcode = 'HP010';
  end if;
  if edited is not null and (verdict <> 'approved' or not has_arguments(q)) then
    raise exception 'only arguments that were named can be edited, with a yes: nothing was done' using errcode = 'HP010';
  end if;
  if not allows(q, answer) then
    raise exception 'approval % allows %, not %: nothing was done', q.approval_id, array_to_string(q.allowed, ', '), answer
      using errcode = 'HP021';
  end if;
  perform check_size('arguments', edited, 262144);
  -- Bounded first, then read.
  broken := broken_at(edited, q.arguments_schema);
  if broken is not null then
    raise exception 'the edited arguments break their schema at %: nothing was done', left(broken, 200) using errcode = 'HP010';
  end if;
end $$;

-- What a reviewer changed becomes what will run; what the agent asked for is kept beside it.
create or replace function edit_approval(q approval_queue, actor text, edited jsonb) returns approval_queue
language plpgsql as $$
begin
  if edited is null or edited = q.arguments then return q; end if;
  update approval_queue set original_arguments = coalesce(original_arguments, arguments),
      original_digest = coalesce(original_digest, digest), arguments = edited, digest = digest_of(edited), edited_by = actor,
      version = version + 1
    where approval_id = q.approval_id returning * into q;
  return q;
end $$;

-- One person's answer, about the version that was seen. A no settles the request; a yes does when the quorum is met with
-- it. The run's other holds stay. `edited`: what shall run instead; whoever calls has held it against the request's
-- whole schema, of which the plain part is asked again here. `further`: the calls to come for which this yes stands too. `grade`: of an output, by whoever settles it.
create or replace function decide_approval(approval uuid, actor text, verdict text, reason text default null, seen integer default null,
  edited jsonb default null, further jsonb default null, grade jsonb default null) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  q approval_queue;
  before jsonb;
  r workflow_checkpoints;
  settled boolean;
  said jsonb;
begin
  perform check_actor(actor, reason);
  q := answerable_approval(approval, seen);
  before := jsonb_build_object('decision', null, 'digest', q.digest);
  perform check_answer(q, verdict, edited), check_further(q, verdict, further), check_grade(q, verdict, grade);
  q := edit_approval(q, actor, edited);
  insert into approval_votes (approval_id, actor, vote, digest, reason)
    values (approval, actor, case verdict when 'approved' then 'approve' else 'reject' end, coalesce(q.digest, ''), reason);
  settled := verdict = 'rejected' or quorum_met(approval);
  if settled then
    perform keep_grade(q, actor, verdict, grade);
    update approval_queue set decision = verdict, decided_by = actor, decided_at = clock_timestamp(), decision_reason = reason
      where approval_id = approval and decision is null and closed_at is null returning * into q;
    if not found then
      raise exception 'approval % was settled meanwhile: nothing was done', approval using errcode = 'HP007';
    end if;
    update run_holds set cleared_at = clock_timestamp(), cleared_by = actor, cleared_why = verdict
      where approval_id = approval and cleared_at is null;
    perform give_standing_approval(q, actor, further, reason);
  end if;
  said := jsonb_strip_nulls(jsonb_build_object('approvalId', approval, 'decision', verdict, 'why', reason,
    'edited', case when q.edited_by is not null then true end, 'grade', grade));
  r := settle_run(q.workflow_id, jsonb_build_object('kind', case when settled then 'approval.decided' else 'approval.voted' end,
    'actor', actor, 'detail', said),
    null, case when settled then case verdict when 'rejected' then 'rejected' else 'approved' end end);
  perform audit_approval(q, actor, 'approval.' || case when settled then verdict else 'voted' end, before,
    said - 'approvalId' || jsonb_strip_nulls(jsonb_build_object('digest', q.digest, 'editedBy', q.edited_by, 'further', further)));
  perform wake_workers(r.workflow_id);
  return run_state(r);
end $$;

-- One audit row for what was done to a request (invariant 7).
create or replace function audit_approval(q approval_queue, actor text, act text, before jsonb, after jsonb) returns void
language sql as $$
  insert into agent_audit_log (agent_id, workflow_id, action, target_table, target_row_id, data_before, data_after,
      data_timestamp, actor)
    select w.agent_id, q.workflow_id, act, 'approval_queue', q.approval_id::text, before, after, clock_timestamp(), actor
    from workflow_checkpoints w where w.workflow_id = q.workflow_id
$$;

grant execute on function
  decide_approval(uuid, text, text, text, integer, jsonb, jsonb, jsonb)
  to holdpoint_server;
