-- A standing approval went on after its person was disabled, or lost the role, the agent or the token that gave it; and
-- one that other policies had ended was still told as standing.

-- As before; nobody's yes goes on when it is not theirs to give any more, nor comes back with them.
create or replace function use_rule(r workflow_checkpoints, p approval_policies, called text, its_target text, args jsonb) returns text
language plpgsql as $$
declare
  rule uuid;
begin
  for rule in
    select u.rule_id from approval_rules u
    where u.agent_id = r.agent_id and u.tool = called and u.revoked_at is null
      and (u.workflow_id is null or u.workflow_id = r.workflow_id) and (u.expires_at is null or u.expires_at > clock_timestamp())
      and (u.max_uses is null or u.uses < u.max_uses)
      -- A yes under other rules is no yes under these.
      and (u.policy_id, u.policy_version) is not distinct from (p.policy_id, p.version)
      and (u.target is null or u.target is not distinct from its_target)
      and (u.condition is null or condition_holds(u.condition, args, its_target))
      and vote_void_since(person_of(u.created_by), u.created_by, u.created_at) is null
    order by u.created_at
  loop
    update approval_rules set uses = uses + 1
      where rule_id = rule and revoked_at is null and (max_uses is null or uses < max_uses)
        and (expires_at is null or expires_at > clock_timestamp());
    if found then return 'rule:' || rule; end if;
  end loop;
  return null;
end $$;

-- Whether a standing approval may still be used by one: its run goes on, it is its person's to give, and the policy that
-- it was given under rules that tool, for runs of some skill at least.
create function still_stands(rule uuid) returns boolean
language sql stable security definer set search_path from current as $$
  select exists (select from approval_rules u left join workflow_checkpoints w on w.workflow_id = u.workflow_id
    where u.rule_id = rule and u.revoked_at is null and (u.expires_at is null or u.expires_at > clock_timestamp())
      and (u.max_uses is null or u.uses < u.max_uses) and not coalesce(is_final(w.status), false)
      and vote_void_since(person_of(u.created_by), u.created_by, u.created_at) is null
      and exists (
        select from (select w.skill union select o.skill from approval_policies o where o.current and u.workflow_id is null) s(skill),
          policy_for(u.agent_id, s.skill, u.tool) p
        where (p.policy_id, p.version) is not distinct from (u.policy_id, u.policy_version)))
$$;

grant execute on function still_stands(uuid) to holdpoint_server;
