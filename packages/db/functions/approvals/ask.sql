-- Approvals are rows, so nothing is lost when a process dies. An open one is a hold of its run.

-- A request. Plain SQL gives only workflow_id and requested_by. Refused for a run that has ended or that something
-- other than its own requests holds. Invariant 5: the digest is ours, whatever the agent says it is. An output is in
-- its arguments, and a change says what it changes. Lists of words: neither tables of them, nor holes in them, nor the
-- same word a million times. It stands under the policy that rules its call; where that or a standing approval says
-- yes, nobody is asked.
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
  if array_ndims(new.assignees) > 1 or array_position(new.assignees, null) is not null
      or array_ndims(new.allowed) > 1 or cardinality(new.allowed) > 3 then
    raise exception 'assignees and allowed are lists of texts, allowed of at most three: nothing was written' using errcode = 'HP010';
  end if;
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
  new.asked_at := clock_timestamp();
  new.lacks_since := null;
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
  new := under_policy(new, p, clock_timestamp());
  if new.tool is not null and new.kind = 'action' and (new.expires_at is null or new.expires_at > clock_timestamp()) then
    new.decided_by := cleared_without_asking(r, p, new);
    if new.decided_by is not null then
      new.decision := 'approved';
      new.decided_at := clock_timestamp();
    end if;
  end if;
  return new;
end $$;

-- A request as its policy makes it, asked at that time. The agent's own deadline stays where it is nearer. Steps of an
-- escalation come from a policy alone: what nobody can be asked about stays held, and says so from the start.
create or replace function under_policy(q approval_queue, p approval_policies, at timestamptz) returns approval_queue
language plpgsql immutable as $$
begin
  q.policy_id := p.policy_id;
  q.policy_version := p.version;
  q.quorum := p.quorum;
  q.four_eyes := coalesce(p.four_eyes, true);
  q.escalation := p.escalation;
  q.escalated := 0;
  if p.expires_after_s is not null then
    q.expires_at := least(q.expires_at, at + make_interval(secs => p.expires_after_s));
    q.on_expiry := p.on_expiry;
  end if;
  if q.on_expiry = 'escalate' and q.escalation is null then q.on_expiry := 'hold'; end if;
  if q.assignees = '{}' and p.quorum is not null then
    q.assignees := array(select distinct m from jsonb_array_elements(p.quorum) g, jsonb_array_elements_text(g -> 'members') m);
  end if;
  return q;
end $$;

-- The request holds its run, and the log has who asked for what; of a change its events say what it would change. What
-- a standing yes answers at once was asked, too.
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

create or replace function asked_words(q approval_queue) returns text
language plpgsql immutable as $$
declare
  change jsonb := change_of(q.kind, q.arguments);
begin
  return case q.kind
    when 'output' then 'asks to return an output'
    when 'change' then format('asks to change the %s %s', change ->> 'what', change ->> 'name')
      || coalesce(' from ' || (change ->> 'from'), '') || coalesce(' to ' || (change ->> 'to'), '')
    else coalesce('asks to run ' || q.tool || coalesce(' on ' || left(q.target, 200), ''), 'asks for approval')
  end;
end $$;

-- A version is a word: a sentence that a rubric becomes was told as its version.
create or replace function said_version(value jsonb) returns text
language sql immutable as $$
  select substring(v #>> '{}' from '^\S{1,40}$')
  from (select case jsonb_typeof(value) when 'object' then value -> 'version' else value end) version(v)
  where jsonb_typeof(v) in ('string', 'number')
$$;

-- What a change would make live: {what, name, from?, to?}, the versions where they can be said; null: it is no change. A claim.
create or replace function change_of(kind text, args jsonb) returns jsonb
language sql immutable as $$
  select jsonb_strip_nulls(jsonb_build_object('what', left(args ->> 'what', 40), 'name', left(args ->> 'name', 200),
    'from', said_version(args -> 'from'), 'to', said_version(args -> 'to')))
  where kind = 'change'
$$;

grant execute on function said_version(jsonb), change_of(text, jsonb) to holdpoint_server;
