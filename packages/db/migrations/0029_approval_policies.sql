-- Who must say yes, to what, until when: policies, whose every version is kept; and the votes that make a decision.

create table approval_policies (
  policy_id uuid not null default gen_random_uuid(),
  version integer not null default 1,
  name text not null check (name <> '' and char_length(name) <= 100),
  -- Whom it is for; null: any. A tool may end in * and stands for all that begin so; null: none.
  agent_id text check (char_length(agent_id) <= 200),
  skill text check (char_length(skill) <= 200),
  tool text check (tool <> '' and char_length(tool) <= 200),
  -- The gate itself asks, whether or not the agent does.
  gate boolean not null default true,
  -- A condition on the arguments, as a strict JSON path: where it holds nobody is asked.
  auto_approve text,
  -- [{name, members?, count}]; null: one person, whoever may decide.
  quorum jsonb,
  four_eyes boolean not null default true,
  expires_after_s integer check (expires_after_s between 1 and 31536000),
  on_expiry text not null default 'hold' check (on_expiry in ('reject', 'escalate', 'hold')),
  -- [{to: [people], afterS}]: who is asked next when nobody decided, and for how long.
  escalation jsonb,
  check_in_hours numeric check (check_in_hours > 0 and check_in_hours <= 8760),
  check_in_steps integer check (check_in_steps > 0),
  current boolean not null default true,
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  why text,
  retired_by text,
  retired_at timestamptz,
  primary key (policy_id, version),
  check (tool is not null or not gate),
  check (tool is not null or check_in_hours is not null or check_in_steps is not null),
  check (current = (retired_at is null))
);
create unique index one_current_version on approval_policies (policy_id) where current;

-- What stood in a version is what was decided by: only that it is over is written down later.
create function keep_policy_version() returns trigger
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
create trigger keep_policy_version before update on approval_policies for each row execute function keep_policy_version();
create trigger policies_are_kept before delete or truncate on approval_policies
  for each statement execute function refuse_removal();

-- The owner of an agent's login is the person behind it: who asks through it does not also answer.
alter table agent_logins add column owner text check (char_length(owner) <= 200);

alter table approval_queue
  add column policy_id uuid,
  add column policy_version integer,
  add column quorum jsonb,
  add column four_eyes boolean not null default true,
  add column escalation jsonb,
  add column escalated integer not null default 0;

-- A person's word on a request as it stood: on its digest. What was said before an edit does not count for what it became.
create table approval_votes (
  approval_id uuid not null references approval_queue (approval_id),
  actor text not null,
  vote text not null check (vote in ('approve', 'reject')),
  digest text not null default '',
  reason text,
  login text not null default session_user,
  voted_at timestamptz not null default clock_timestamp(),
  -- Never the same person twice.
  primary key (approval_id, actor, digest)
);
create trigger votes_are_kept before update or delete or truncate on approval_votes
  for each statement execute function refuse_removal();

alter table actions add column cleared_by text;

-- A condition is a JSON path that is read strictly: what is missing, or a list where a number is meant, never fulfils it.
create function condition_holds(condition text, args jsonb, target text) returns boolean
language sql stable as $$
  select coalesce(jsonb_path_match(coalesce(args, 'null'), ('strict ' || condition)::jsonpath,
    jsonb_build_object('target', target), true), false)
$$;

create function check_condition(condition text) returns void
language plpgsql immutable as $$
begin
  if condition is null then return; end if;
  if char_length(condition) > 500 or condition ~ '\*\*' or condition ~ '^\s*(lax|strict)\y' or condition ~ '\\\d'
      or not pg_input_is_valid('strict ' || condition, 'jsonpath') then
    raise exception 'a condition is a JSON path of at most 500 characters, without ** and back references: nothing was done'
      using errcode = 'HP010', hint = 'As in: $.eur <= 20 && $.currency == "EUR"';
  end if;
end $$;

-- Between one and five groups: {name, count, members?}.
create function check_quorum(quorum jsonb) returns void
language plpgsql immutable as $$
begin
  if quorum is null then return; end if;
  if jsonb_typeof(quorum) <> 'array' or jsonb_array_length(quorum) not between 1 and 5 or exists (
      select from jsonb_array_elements(quorum) g
      where jsonb_typeof(g) <> 'object' or g - '{name,count,members}'::text[] <> '{}'
        or coalesce(jsonb_typeof(g -> 'name'), '') <> 'string' or char_length(g ->> 'name') not between 1 and 100
        or coalesce(jsonb_typeof(g -> 'count'), '') <> 'number' or (g ->> 'count') !~ '^([1-9]|10)$'
        or g ? 'members' and (jsonb_typeof(g -> 'members') <> 'array' or jsonb_array_length(g -> 'members') not between 1 and 100
          or jsonb_array_length(g -> 'members') < (g ->> 'count')::integer
          or jsonb_path_exists(g, 'strict $.members[*] ? (@.type() != "string")'))) then
    raise exception 'a quorum is a list of 1 to 5 groups {name, count, members?}, of at least count members: nothing was done'
      using errcode = 'HP010';
  end if;
end $$;

create function check_escalation(escalation jsonb) returns void
language plpgsql immutable as $$
begin
  if escalation is null then return; end if;
  if jsonb_typeof(escalation) <> 'array' or jsonb_array_length(escalation) not between 1 and 5 or exists (
      select from jsonb_array_elements(escalation) s
      where jsonb_typeof(s) <> 'object' or s - '{to,afterS}'::text[] <> '{}'
        or coalesce(jsonb_typeof(s -> 'to'), '') <> 'array' or jsonb_array_length(s -> 'to') not between 1 and 20
        or jsonb_path_exists(s, 'strict $.to[*] ? (@.type() != "string")')
        or coalesce(s ->> 'afterS', '') !~ '^[1-9]\d{0,6}$') then
    raise exception 'an escalation is a list of 1 to 5 steps {to: [people], afterS: seconds}: nothing was done' using errcode = 'HP010';
  end if;
end $$;

-- One audit row for what was done to a policy or a rule, which are no run's (invariant 7).
create function audit_of(agent text, actor text, act text, tab text, id text, before jsonb, after jsonb) returns void
language sql as $$
  insert into agent_audit_log (agent_id, action, target_table, target_row_id, data_before, data_after, data_timestamp, actor)
    values (agent, act, tab, id, before, after, clock_timestamp(), actor)
$$;

create function policy_json(p approval_policies) returns jsonb
language sql stable as $$
  select jsonb_build_object('id', p.policy_id, 'version', p.version, 'name', p.name, 'agentId', p.agent_id, 'skill', p.skill,
    'tool', p.tool, 'gate', p.gate, 'autoApprove', p.auto_approve, 'quorum', p.quorum, 'fourEyes', p.four_eyes,
    'expiresAfterS', p.expires_after_s, 'onExpiry', p.on_expiry, 'escalation', p.escalation, 'checkInHours', p.check_in_hours,
    'checkInSteps', p.check_in_steps, 'current', p.current, 'createdBy', p.created_by, 'createdAt', p.created_at, 'why', p.why,
    'retiredBy', p.retired_by, 'retiredAt', p.retired_at)
$$;

-- A policy from its words: {name, agentId?, skill?, tool?, gate?, autoApprove?, quorum?, fourEyes?, expiresAfterS?,
-- onExpiry?, escalation?, checkInHours?, checkInSteps?}. Nothing is written.
create function policy_of(spec jsonb) returns approval_policies
language plpgsql stable security definer set search_path from current as $$
declare
  p approval_policies;
begin
  if jsonb_typeof(spec) is distinct from 'object' or spec - '{name,agentId,skill,tool,gate,autoApprove,quorum,fourEyes,expiresAfterS,onExpiry,escalation,checkInHours,checkInSteps}'::text[] <> '{}' then
    raise exception 'a policy has a part that is not known: nothing was done' using errcode = 'HP010';
  end if;
  spec := jsonb_strip_nulls(spec);
  perform check_size('a policy', spec, 32768), check_condition(spec ->> 'autoApprove'), check_quorum(spec -> 'quorum'),
    check_escalation(spec -> 'escalation');
  p.name := spec ->> 'name';
  p.agent_id := spec ->> 'agentId';
  p.skill := spec ->> 'skill';
  p.tool := spec ->> 'tool';
  p.gate := coalesce((spec ->> 'gate')::boolean, p.tool is not null);
  p.auto_approve := spec ->> 'autoApprove';
  p.quorum := spec -> 'quorum';
  p.four_eyes := coalesce((spec ->> 'fourEyes')::boolean, true);
  p.expires_after_s := (spec ->> 'expiresAfterS')::integer;
  p.on_expiry := coalesce(spec ->> 'onExpiry', 'hold');
  p.escalation := spec -> 'escalation';
  p.check_in_hours := (spec ->> 'checkInHours')::numeric;
  p.check_in_steps := (spec ->> 'checkInSteps')::integer;
  if p.name is null or p.tool is null and (p.gate or p.check_in_hours is null and p.check_in_steps is null) then
    raise exception 'a policy has a name, and a tool or a check-in: nothing was done' using errcode = 'HP010';
  end if;
  if p.on_expiry <> 'hold' and p.expires_after_s is null or p.on_expiry = 'escalate' and p.escalation is null then
    raise exception 'what happens at a deadline needs the deadline, and an escalation its steps: nothing was done' using errcode = 'HP010';
  end if;
  return p;
end $$;

-- Makes a policy, or the next version of one: `seen` is the version that was looked at.
create function save_policy(policy uuid, actor text, spec jsonb, why text default null, seen integer default null) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  p approval_policies;
  was approval_policies;
begin
  perform check_actor(actor, why);
  p := policy_of(spec);
  if policy is not null then
    select * into was from approval_policies where policy_id = policy and current for update;
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
  perform audit_of(p.agent_id, actor, 'policy.save', 'approval_policies', p.policy_id::text,
    case when was.policy_id is not null then policy_json(was) end, policy_json(p));
  return policy_json(p);
end $$;

-- Takes a policy out of force; its versions are kept.
create function retire_policy(policy uuid, actor text, why text default null) returns jsonb
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
  perform audit_of(p.agent_id, actor, 'policy.retire', 'approval_policies', policy::text, policy_json(p), jsonb_build_object('why', why));
  return policy_json(p);
end $$;

-- Says whose an agent's login is.
create function own_agent_login(agent text, owner_name text, actor text) returns void
language plpgsql security definer set search_path from current as $$
begin
  perform check_actor(actor, null);
  update agent_logins set owner = owner_name where agent_id = agent;
  if not found then
    raise exception 'no agent "%" with a login: nothing was done', agent using errcode = 'HP011';
  end if;
  perform audit_of(agent, actor, 'agent.own', 'agent_logins', agent, null, jsonb_build_object('owner', owner_name));
end $$;

create function stands_for(pattern text, tool text) returns boolean
language sql immutable as $$
  select pattern = tool or right(pattern, 1) = '*' and starts_with(tool, left(pattern, -1))
$$;

-- The one policy that rules a call: one for its agent before one for its skill before one for any; then its own tool
-- before a longer beginning of it. Null fields: none does.
create function policy_for(agent text, run_skill text, called text) returns approval_policies
language sql stable as $$
  select p from approval_policies p
    where p.current and stands_for(p.tool, called) and (p.agent_id is null or p.agent_id = agent)
      and (p.skill is null or p.skill = run_skill)
    order by p.agent_id is not null desc, p.skill is not null desc, right(p.tool, 1) <> '*' desc, char_length(p.tool) desc,
      p.created_at desc limit 1
$$;

-- The people behind a request, who do not answer it.
create function is_behind(q approval_queue, person text) returns boolean
language sql stable as $$
  select person in (q.requested_by, 'operator:' || q.requested_by)
    or exists (select from agent_logins l join workflow_checkpoints w on w.workflow_id = q.workflow_id
      where (l.agent_id = w.agent_id or l.login = q.requested_login) and l.owner = person)
$$;
