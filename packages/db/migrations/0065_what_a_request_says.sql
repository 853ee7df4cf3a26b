-- A request says what will really become of it, and its lists are lists.

-- As before. Steps of an escalation come from a policy alone: what nobody can be asked about stays held, and says so from
-- the start.
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

-- As before. Lists of words: neither tables of them, nor holes in them, nor the same word a million times.
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
    new.decided_by := cleared_without_asking(r, p, new.tool, new.target, new.arguments);
    if new.decided_by is not null then
      new.decision := 'approved';
      new.decided_at := clock_timestamp();
    end if;
  end if;
  return new;
end $$;
