-- What a policy may say.

-- A condition is a JSON path that can be read.
create or replace function check_condition(condition text) returns void
language plpgsql immutable as $$
begin
  if condition is null then return; end if;
  if char_length(condition) > 500 or condition ~ '\*\*' or condition ~ '^\s*(lax|strict)\y' or condition ~ '\\\d'
      or not pg_input_is_valid('strict ' || condition, 'jsonpath') then
    raise exception 'a condition is a JSON path of at most 500 characters, without ** and back references: nothing was done'
      using errcode = 'HP010', hint = 'As in: $.eur <= 20 && $.currency == "EUR"';
  end if;
end $$;

create or replace function check_escalation(escalation jsonb) returns void
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

-- Between one and five groups: {name, count, members?}; groups that name their members name enough of them, nobody
-- counted twice.
create or replace function check_quorum(quorum jsonb) returns void
language plpgsql immutable as $$
declare
  named jsonb;
begin
  if quorum is null then return; end if;
  if jsonb_typeof(quorum) <> 'array' or jsonb_array_length(quorum) not between 1 and 5 or exists (
      select from jsonb_array_elements(quorum) g
      where jsonb_typeof(g) <> 'object' or g - '{name,count,members}'::text[] <> '{}'
        or coalesce(jsonb_typeof(g -> 'name'), '') <> 'string' or char_length(g ->> 'name') not between 1 and 100
        or coalesce(jsonb_typeof(g -> 'count'), '') <> 'number' or (g ->> 'count') !~ '^([1-9]|10)$'
        or g ? 'members' and (jsonb_typeof(g -> 'members') <> 'array' or jsonb_array_length(g -> 'members') not between 1 and 100
          or jsonb_path_exists(g, 'strict $.members[*] ? (@.type() != "string")'))) then
    raise exception 'a quorum is a list of 1 to 5 groups {name, count, members?}: nothing was done' using errcode = 'HP010';
  end if;
  named := jsonb_path_query_array(quorum, '$[*] ? (exists (@.members))');
  if named <> '[]' and not fills(named, array(select jsonb_array_elements_text(g -> 'members') from jsonb_array_elements(named) g)) then
    raise exception 'the groups name too few people to fill them all: nothing was done' using errcode = 'HP010',
      hint = 'Each person stands for one group, once.';
  end if;
end $$;

-- A policy from its words: {name, agentId?, skill?, tool?, gate?, autoApprove?, quorum?, fourEyes?, expiresAfterS?,
-- onExpiry?, escalation?, checkInHours?, checkInSteps?}. Nothing is written.
create or replace function policy_of(spec jsonb) returns approval_policies
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

create or replace function policy_json(p approval_policies) returns jsonb
language sql stable as $$
  select jsonb_build_object('id', p.policy_id, 'version', p.version, 'name', p.name, 'agentId', p.agent_id, 'skill', p.skill,
    'tool', p.tool, 'gate', p.gate, 'autoApprove', p.auto_approve, 'quorum', p.quorum, 'fourEyes', p.four_eyes,
    'expiresAfterS', p.expires_after_s, 'onExpiry', p.on_expiry, 'escalation', p.escalation, 'checkInHours', p.check_in_hours,
    'checkInSteps', p.check_in_steps, 'current', p.current, 'createdBy', p.created_by, 'createdAt', p.created_at, 'why', p.why,
    'retiredBy', p.retired_by, 'retiredAt', p.retired_at)
$$;

grant execute on function policy_json(approval_policies) to holdpoint_server;
