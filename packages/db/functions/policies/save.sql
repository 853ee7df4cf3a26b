-- Policies, whose every version is kept.

-- Makes a policy, or the next version of one: `seen` is the version that was looked at. Of two who save at once the
-- later is told to look again.
create or replace function save_policy(policy uuid, actor text, spec jsonb, why text default null, seen integer default null) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  p approval_policies;
  was approval_policies;
begin
  perform check_actor(actor, why);
  p := policy_of(spec);
  if policy is not null then
    select * into was from approval_policies where policy_id = policy and current for update;
    -- What was waited for may be the next version, which is another row.
    if not found then
      select * into was from approval_policies where policy_id = policy and current for update;
    end if;
    if not found then
      raise exception 'no policy % that is in force: nothing was done', policy using errcode = 'HP023';
    end if;
    if was.version <> seen then
      raise exception 'policy % has changed since you looked (version %, you saw %): nothing was done', was.name, was.version, seen
        using errcode = 'HP020';
    end if;
    update approval_policies set current = false, retired_by = actor, retired_at = clock_timestamp()
      where policy_id = policy and current;
  end if;
  insert into approval_policies (policy_id, version, name, agent_id, skill, tool, gate, auto_approve, quorum, four_eyes,
      expires_after_s, on_expiry, escalation, check_in_hours, check_in_steps, created_by, why)
    values (coalesce(policy, gen_random_uuid()), coalesce(was.version, 0) + 1, p.name, p.agent_id, p.skill, p.tool, p.gate,
      p.auto_approve, p.quorum, p.four_eyes, p.expires_after_s, p.on_expiry, p.escalation, p.check_in_hours, p.check_in_steps,
      actor, save_policy.why)
    returning * into p;
  perform audit_act(p.agent_id, actor, 'policy.save', 'approval_policies', p.policy_id::text,
    case when was.policy_id is not null then policy_json(was) end, policy_json(p));
  return policy_json(p);
end $$;

-- Takes a policy out of force; its versions are kept.
create or replace function retire_policy(policy uuid, actor text, why text default null) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  p approval_policies;
begin
  perform check_actor(actor, why);
  update approval_policies set current = false, retired_by = actor, retired_at = clock_timestamp()
    where policy_id = policy and current returning * into p;
  if not found then
    raise exception 'no policy % that is in force: nothing was done', policy using errcode = 'HP023';
  end if;
  perform audit_act(p.agent_id, actor, 'policy.retire', 'approval_policies', policy::text, policy_json(p), jsonb_build_object('why', why));
  return policy_json(p);
end $$;

-- What stood in a version is what was decided by: only that it is over is written down later.
create or replace function keep_policy_version() returns trigger
language plpgsql as $$
declare
  rest approval_policies := new;
begin
  rest.current := old.current;
  rest.retired_by := old.retired_by;
  rest.retired_at := old.retired_at;
  if rest *<> old or not old.current then
    raise exception 'a version of a policy is kept as it was: nothing was written' using errcode = 'HP009';
  end if;
  return new;
end $$;

grant execute on function
  save_policy(uuid, text, jsonb, text, integer), retire_policy(uuid, text, text)
  to holdpoint_server;
