-- The other two kinds of request. An output is graded by a person, and its grade lands with it; a change to a skill, a
-- rubric or a policy is bound and used once like any call. And what a dry run needs to know before many are decided.

-- A graded output: both in one row, or neither (invariant 6).
create table grades (
  approval_id uuid primary key references approval_queue (approval_id),
  workflow_id uuid not null,
  output jsonb not null,
  digest text not null,
  grade jsonb not null,
  verdict text not null check (verdict in ('approved', 'rejected')),
  graded_by text not null,
  graded_at timestamptz not null default clock_timestamp()
);
create index grades_by_run on grades (workflow_id);
create trigger grades_are_kept before update or delete or truncate on grades
  for each statement execute function refuse_removal();
alter table grades enable row level security;
create policy own_agent on grades to agent_worker
  using (exists (select from workflow_checkpoints w where w.workflow_id = grades.workflow_id));
create policy server_reads on grades for select to holdpoint_server using (true);

-- {score: 0 to 1, label?, note?}: of an output, with a yes as with a no.
create function check_grade(q approval_queue, verdict text, grade jsonb) returns void
language plpgsql as $$
begin
  if (q.kind = 'output') <> (grade is not null) then
    raise exception 'a grade belongs to an output, and an output needs one: nothing was done' using errcode = 'HP010';
  end if;
  if grade is not null and (jsonb_typeof(grade) <> 'object' or grade - '{score,label,note}'::text[] <> '{}'
      or coalesce(jsonb_typeof(grade -> 'score'), '') <> 'number' or (grade ->> 'score')::numeric not between 0 and 1
      or coalesce(jsonb_typeof(grade -> 'label'), 'string') <> 'string' or char_length(grade ->> 'label') > 100
      or coalesce(jsonb_typeof(grade -> 'note'), 'string') <> 'string' or char_length(grade ->> 'note') > 2000) then
    raise exception 'a grade is {score: 0 to 1, label?, note?}: nothing was done' using errcode = 'HP010';
  end if;
end $$;

create function keep_grade(q approval_queue, actor text, verdict text, grade jsonb) returns void
language sql as $$
  insert into grades (approval_id, workflow_id, output, digest, grade, verdict, graded_by)
    select q.approval_id, q.workflow_id, q.arguments, q.digest, grade, verdict, actor where grade is not null
$$;

-- As before; an output is in its arguments, and a change says what it changes.
create or replace function guard_approval_request() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  r workflow_checkpoints;
  p approval_policies;
  said text := new.digest;
begin
  r := lock_run_to_write(new.workflow_id);
  if is_final(r.status) then perform raise_ended(r); end if;
  if not r.held_by <@ '{self,approval}' or r.status = 'lost' then perform raise_held(r); end if;
  if new.decision is not null then
    raise exception 'a request cannot carry its own decision: nothing was written' using errcode = 'HP004';
  end if;
  perform check_size('arguments', new.arguments, 262144), check_text('the reason', new.agent_reason, 4000),
    check_text('requested_by', new.requested_by, 200), check_text('tool', new.tool, 200), check_text('target', new.target, 1000),
    check_text('digest', new.digest, 200), check_size('the schema', new.arguments_schema, 65536),
    check_size('the consequence', new.consequence, 65536), check_size('assignees', to_jsonb(new.assignees), 16384);
  if new.tool is not null or new.arguments is not null then
    new.digest := digest_of(new.arguments);
    if said <> new.digest then
      raise exception 'the digest is not that of the arguments: nothing was written'
        using errcode = 'HP010', hint = 'It is the SHA-256 of their RFC 8785 form, in hex. Leave it out: it is worked out here.';
    end if;
  end if;
  if new.kind = 'output' and new.arguments is null then
    raise exception 'an output that is asked about is in the arguments: nothing was written' using errcode = 'HP010';
  end if;
  if new.kind = 'change' and (new.tool is null or coalesce(new.arguments ->> 'what', '') not in ('skill', 'rubric', 'policy')
      or coalesce(jsonb_typeof(new.arguments -> 'name'), '') <> 'string' or not coalesce(new.arguments ? 'to', false)) then
    raise exception 'a change is the tool that makes it, and {what: skill | rubric | policy, name, from?, to}: nothing was written'
      using errcode = 'HP010';
  end if;
  new.requested_login := session_user;
  new.version := 1;
  new.original_arguments := null;
  new.original_digest := null;
  new.edited_by := null;
  new.decided_by := null;
  new.decided_at := null;
  new.decision_reason := null;
  new.expired_at := null;
  new.consumed_at := null;
  new.consumed_by := null;
  new.closed_at := null;

  p := policy_for(r.agent_id, r.skill, new.tool);
  new.policy_id := p.policy_id;
  new.policy_version := p.version;
  new.quorum := p.quorum;
  new.four_eyes := coalesce(p.four_eyes, true);
  new.escalation := p.escalation;
  new.escalated := 0;
  if p.expires_after_s is not null then
    new.expires_at := least(new.expires_at, clock_timestamp() + make_interval(secs => p.expires_after_s));
    new.on_expiry := p.on_expiry;
  end if;
  if new.assignees = '{}' and p.quorum is not null then
    new.assignees := array(select distinct m from jsonb_array_elements(p.quorum) g, jsonb_array_elements_text(g -> 'members') m);
  end if;
  if new.tool is not null and new.kind = 'action' and (new.expires_at is null or new.expires_at > clock_timestamp()) then
    new.decided_by := cleared_without_asking(r, p, new.tool, new.target, new.arguments);
    if new.decided_by is not null then
      new.decision := 'approved';
      new.decided_at := clock_timestamp();
    end if;
  end if;
  return new;
end $$;

-- As before; and no verdict on an output without its grade.
create or replace function guard_approval_change() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  if not is_operator() and (new.decision, new.decided_by, new.decided_at, new.arguments, new.digest, new.version, new.quorum,
      new.four_eyes) is distinct from (old.decision, old.decided_by, old.decided_at, old.arguments, old.digest, old.version,
      old.quorum, old.four_eyes) then
    raise exception 'an agent cannot decide: nothing was written' using errcode = 'HP004';
  end if;
  if old.decision is not null and (new.decision, new.decided_by, new.tool, new.target, new.arguments, new.digest, new.expires_at,
      new.policy_id, new.policy_version) is distinct from (old.decision, old.decided_by, old.tool, old.target, old.arguments,
      old.digest, old.expires_at, old.policy_id, old.policy_version) then
    raise exception 'approval % was % by % already: nothing was written', old.approval_id, old.decision, old.decided_by
      using errcode = 'HP007';
  end if;
  if old.consumed_at is not null and (new.consumed_at, new.consumed_by) is distinct from (old.consumed_at, old.consumed_by) then
    raise exception 'approval % was used already: nothing was written', old.approval_id using errcode = 'HP007';
  end if;
  if old.closed_at is not null and new.decision is not null then
    raise exception 'approval % closed without a decision (%): nothing was written', old.approval_id, old.closed_why
      using errcode = 'HP008';
  end if;
  if new.decision is not null and old.decision is null and old.expires_at <= clock_timestamp() then
    raise exception 'approval % expired at %: nothing was written', old.approval_id, shown_time(old.expires_at)
      using errcode = 'HP019';
  end if;
  if new.decision = 'approved' and old.decision is null and not quorum_met(old.approval_id) then
    raise exception 'approval % has not the votes that it needs: nothing was written', old.approval_id using errcode = 'HP021';
  end if;
  -- Invariant 6: an output has no verdict without its grade, and no grade without its output.
  if new.decision is not null and old.decision is null and new.kind = 'output'
      and not exists (select from grades g where g.approval_id = old.approval_id and g.digest = new.digest) then
    raise exception 'an output is graded: nothing was written' using errcode = 'HP021';
  end if;
  return new;
end $$;

-- As before; a change is bound like an action, an output is not.
create or replace function settle_run(run uuid, hint jsonb, control_now jsonb default null, resume_as text default null)
returns workflow_checkpoints
language plpgsql as $$
declare
  r workflow_checkpoints;
  top run_holds := top_hold(run);
  kinds text[];
  back_to text;
  next_status text;
  someone boolean := is_someone(hint ->> 'actor');
begin
  select * into r from workflow_checkpoints where workflow_id = run;
  select coalesce(array_agg(k.kind order by hold_rank(k.kind)), '{}') into kinds
    from (select distinct h.kind from run_holds h where h.workflow_id = run and h.cleared_at is null) k;
  back_to := next_resume_to(r, resume_as);
  next_status := case
    when r.status = 'lost' then 'lost'
    when cardinality(kinds) > 0 or (back_to = 'rejected' and r.status = 'paused') then 'paused'
    when r.status = 'paused' and coalesce(back_to, 'running') = 'running' and r.worker is null and r.engine <> 'sql'
      then 'queued'
    when r.status = 'paused' then coalesce(back_to, 'running')
    else r.status
  end;
  update workflow_checkpoints set
    status = next_status,
    held_by = kinds,
    bound_tools = array(select distinct q.tool from approval_queue q where q.workflow_id = run and q.tool is not null
      and q.kind <> 'output' and (q.decision is not null or q.expired_at is not null)),
    looked_at = case when someone then clock_timestamp() else looked_at end,
    looked_by = case when someone then hint ->> 'actor' else looked_by end,
    looked_steps = case when someone then steps else looked_steps end,
    resume_to = case when next_status = 'paused' then back_to end,
    paused_at = case when next_status = 'paused' and status <> 'paused' then clock_timestamp() else paused_at end,
    resumed_at = case when next_status = 'running' and status <> 'running' then clock_timestamp() else resumed_at end,
    stop_reason = case
      when next_status = 'lost' then stop_reason
      when next_status <> 'paused' then null
      when cardinality(kinds) = 0 then last_no(run)
      else top.stop_reason end,
    stop_detail = case
      when next_status = 'lost' then stop_detail
      when next_status <> 'paused' then null
      when cardinality(kinds) = 0 then hint -> 'detail' ->> 'why'
      else top.why end,
    control = coalesce(control_now, control),
    event_hint = jsonb_set(hint - 'otherwise', '{kind}', to_jsonb(coalesce(hint ->> 'kind',
      case when next_status <> status then 'run.' || next_status end, hint ->> 'otherwise', 'run.progress')))
  where workflow_id = run returning * into r;
  return r;
end $$;

create or replace function answer_of_people(run uuid, a actions, call jsonb, p approval_policies) returns jsonb
language plpgsql as $$
declare
  q approval_queue;
  named uuid := (call ->> 'approval')::uuid;
  asked jsonb := coalesce(call -> 'request', 'null');
begin
  if digest_of(asked) <> call ->> 'digest' then
    return denied('APPROVAL_MISMATCH', 'the digest is not that of the request');
  end if;
  select * into q from approval_queue x
    where x.workflow_id = run and x.kind <> 'output' and x.tool = a.tool and x.target is not distinct from a.target
      and call ->> 'digest' in (x.digest, x.original_digest) and (named is null or x.approval_id = named)
      and (x.decision is not null or x.expired_at is not null)
    order by x.consumed_by is not distinct from a.action_id desc,
      x.decision is not distinct from 'approved' and x.consumed_at is null and (x.expires_at is null or x.expires_at > clock_timestamp())
        and (x.policy_id, x.policy_version) is not distinct from (p.policy_id, p.version) desc,
      coalesce(x.decided_at, x.expired_at) desc limit 1;
  if not found then
    return case
      when named is not null then denied('APPROVAL_MISMATCH', 'this is not what that approval is about')
      -- Where a policy gates the tool, the gate asks about this call, too.
      when not coalesce(p.gate, false) and exists (select from approval_queue x where x.workflow_id = run and x.kind <> 'output'
          and x.tool = a.tool and x.decision = 'approved' and x.consumed_at is null
          and (x.expires_at is null or x.expires_at > clock_timestamp()))
        then denied('APPROVAL_MISMATCH', format('what was approved is another call of %s', a.tool)) end;
  end if;
  if q.expired_at is not null or q.decision = 'approved' and q.expires_at <= clock_timestamp() then
    return denied('APPROVAL_EXPIRED', format('its approval expired at %s', shown_time(q.expires_at)));
  elsif q.decision = 'rejected' then
    return denied('APPROVAL_REJECTED', format('%s said no%s', q.decided_by, coalesce(': ' || q.decision_reason, '')));
  elsif q.consumed_at is not null and q.consumed_by is distinct from a.action_id then
    return case when not coalesce(p.gate, false) or named is not null
      then denied('APPROVAL_CONSUMED', 'its approval was used by another action') end;
  elsif (q.policy_id, q.policy_version) is distinct from (p.policy_id, p.version) then
    -- A yes under other rules is no yes under these: the gate asks again, or the agent does.
    return case when not coalesce(p.gate, false) then denied('POLICY_CHANGED', 'the policy has changed since that was approved') end;
  elsif asked = q.arguments or asked = 'null' and q.arguments is null then
    return jsonb_build_object('approval', q.approval_id);
  -- Only a caller that knows of edits will run them instead of what it asked for.
  elsif asked = q.original_arguments and coalesce((call ->> 'edits')::boolean, false) then
    return jsonb_build_object('approval', q.approval_id, 'request', q.arguments);
  end if;
  return denied('APPROVAL_MISMATCH', 'the arguments are not those that were approved');
end $$;

drop function decide_approval(uuid, text, text, text, integer, jsonb, jsonb);

-- One person's answer, about the version that was seen. A no settles the request; a yes does when the quorum is met with
-- it. The run's other holds stay. `edited`: what shall run instead; whoever calls has held it against the request's
-- schema. `further`: the calls to come for which this yes stands too. `grade`: of an output, by whoever settles it.
create function decide_approval(approval uuid, actor text, verdict text, reason text default null, seen integer default null,
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
    perform make_rule(q, actor, further, reason);
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

-- Why this person would not be heard on this request now, in words; null: they would. What decides is asked again then.
create function why_not_answer(approval uuid, actor text, verdict text) returns text
language plpgsql stable security definer set search_path from current as $$
declare
  q approval_queue;
  who text := person_of(actor);
begin
  select * into q from approval_queue where approval_id = approval;
  return case
    when q.approval_id is null then 'There is no such request.'
    when q.decision is not null then format('It was %s by %s.', q.decision, q.decided_by)
    when q.expired_at is not null or q.expires_at <= clock_timestamp() then 'It has expired.'
    when q.closed_at is not null then format('It closed without a decision: %s.', q.closed_why)
    when q.kind = 'output' then 'An output is graded one by one.'
    when not case verdict when 'rejected' then 'reject' else 'approve' end = any (q.allowed) then 'It does not allow this answer.'
    when q.four_eyes and is_behind(q, who) then 'You are behind this request.'
    when exists (select from approval_votes v where v.approval_id = approval and v.person = who and v.digest = coalesce(q.digest, ''))
      then 'You have answered it already.'
    when verdict = 'approved' and q.quorum is not null and not exists (select from jsonb_array_elements(q.quorum) g
      where not g ? 'members' or g -> 'members' ? who) then 'You are none of those who are asked.'
  end;
end $$;

grant select on grades to agent_worker, holdpoint_server;
grant execute on function decide_approval(uuid, text, text, text, integer, jsonb, jsonb, jsonb),
  why_not_answer(uuid, text, text) to holdpoint_server;
