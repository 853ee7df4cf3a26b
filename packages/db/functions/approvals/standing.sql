-- A yes that stands for calls to come, in narrow bounds that are used up here.

-- What bars a yes from standing for calls to come: tool | several.
create or replace function bar_to_further(q approval_queue) returns text
language sql immutable as $$
  select case
    when q.kind <> 'action' or q.tool is null then 'tool'
    -- One person cannot say for later what several must say now.
    when needs_several(q.quorum) then 'several'
  end
$$;

-- What a request may be answered with beyond itself: {scope: run | agent, condition?, target?, maxUses?, until?}.
create or replace function check_further(q approval_queue, verdict text, further jsonb) returns void
language plpgsql stable as $$
begin
  if further is null then return; end if;
  if jsonb_typeof(further) <> 'object' or further - '{scope,condition,target,maxUses,until}'::text[] <> '{}'
      or coalesce(further ->> 'scope', '') not in ('run', 'agent')
      or further ->> 'scope' = 'agent' and (coalesce(further ->> 'condition', '') = '' or not further ? 'maxUses' or not further ? 'until') then
    raise exception 'a standing approval is {scope: run | agent, condition, target, maxUses, until}; for an agent it needs all but target: nothing was done'
      using errcode = 'HP010';
  end if;
  if verdict <> 'approved' or bar_to_further(q) = 'tool' then
    raise exception 'only a yes to a tool can stand for more: nothing was done' using errcode = 'HP010';
  end if;
  if bar_to_further(q) = 'several' then
    raise exception 'a request that needs several people is answered for itself alone: nothing was done' using errcode = 'HP021';
  end if;
  perform check_condition(further ->> 'condition'), check_text('target', further ->> 'target', 1000);
  if (further ->> 'until')::timestamptz not between clock_timestamp() and clock_timestamp() + interval '90 days' then
    raise exception 'a standing approval ends within 90 days: nothing was done' using errcode = 'HP010';
  end if;
end $$;

-- The yes to this request stands for the calls that it was given for.
create or replace function give_standing_approval(q approval_queue, actor text, further jsonb, why text) returns void
language plpgsql as $$
declare
  u standing_approvals;
begin
  if further is null then return; end if;
  insert into standing_approvals (agent_id, workflow_id, tool, target, condition, max_uses, expires_at, policy_id, policy_version,
      approval_id, created_by, why)
    select w.agent_id, case when further ->> 'scope' = 'run' then q.workflow_id end, q.tool, further ->> 'target',
      further ->> 'condition', (further ->> 'maxUses')::integer, (further ->> 'until')::timestamptz, q.policy_id, q.policy_version,
      q.approval_id, actor, give_standing_approval.why
    from workflow_checkpoints w where w.workflow_id = q.workflow_id returning * into u;
  perform audit_act(u.agent_id, actor, 'standing.give', 'standing_approvals', u.standing_id::text, null, to_jsonb(u));
end $$;

-- A standing approval that this call may use, with one of its uses; null: none. The run's row is locked before its
-- own. Nobody's yes goes on when it is not theirs to give any more, nor comes back with them; nor does it answer what they
-- are behind. Its row may have been waited for, so all that is asked of it is asked again once it is locked.
create or replace function use_standing_approval(r workflow_checkpoints, p approval_policies, q approval_queue) returns text
language plpgsql as $$
declare
  standing uuid;
  locked uuid[] := '{}';
begin
  loop
    select u.standing_id into standing from standing_approvals u
      where u.agent_id = r.agent_id and u.tool = q.tool and u.revoked_at is null
        and (u.workflow_id is null or u.workflow_id = r.workflow_id) and (u.expires_at is null or u.expires_at > clock_timestamp())
        and (u.max_uses is null or u.uses < u.max_uses)
        -- A yes under other rules is no yes under these.
        and (u.policy_id, u.policy_version) is not distinct from (p.policy_id, p.version)
        and (u.target is null or u.target is not distinct from q.target)
        and (u.condition is null or condition_holds(u.condition, q.arguments, q.target))
        and vote_void_since(person_of(u.created_by), u.created_by, u.created_at) is null
        and not (q.four_eyes and is_behind(q, person_of(u.created_by)))
      order by u.created_at limit 1;
    if not found then return null; end if;
    exit when standing = any (locked);
    perform from standing_approvals where standing_id = standing for no key update;
    locked := locked || standing;
    p := policy_for(r.agent_id, r.skill, q.tool);
  end loop;
  update standing_approvals set uses = uses + 1 where standing_id = standing;
  return 'standing:' || standing;
end $$;

create or replace function revoke_standing_approval(standing uuid, actor text, why text default null) returns void
language plpgsql security definer set search_path from current as $$
declare
  u standing_approvals;
begin
  perform check_actor(actor, why);
  update standing_approvals set revoked_by = actor, revoked_at = clock_timestamp() where standing_id = standing and revoked_at is null returning * into u;
  if not found then
    raise exception 'no standing approval % that is in force: nothing was done', standing using errcode = 'HP024';
  end if;
  perform audit_act(u.agent_id, actor, 'standing.revoke', 'standing_approvals', standing::text, null, jsonb_build_object('why', why, 'uses', u.uses));
end $$;

-- Was this answer given by a standing approval? Answers that are older call it a rule, and stay as they were written.
create or replace function is_standing(by text) returns boolean
language sql immutable as $$ select coalesce(by ~ '^(standing|rule):', false) $$;

-- Whether a standing approval may still be used by one: its run goes on, it is its person's to give, and the policy that
-- it was given under rules that tool, for runs of some skill at least, and lets whoever owns the agent's login answer it if
-- that is who they are.
create or replace function still_stands(standing uuid) returns boolean
language sql stable security definer set search_path from current as $$
  select exists (select from standing_approvals u left join workflow_checkpoints w on w.workflow_id = u.workflow_id
    where u.standing_id = standing and u.revoked_at is null and (u.expires_at is null or u.expires_at > clock_timestamp())
      and (u.max_uses is null or u.uses < u.max_uses) and not coalesce(is_final(w.status), false)
      and vote_void_since(person_of(u.created_by), u.created_by, u.created_at) is null
      and exists (
        select from (select w.skill union select o.skill from approval_policies o where o.current and u.workflow_id is null) s(skill),
          policy_for(u.agent_id, s.skill, u.tool) p
        where (p.policy_id, p.version) is not distinct from (u.policy_id, u.policy_version)
          and not (coalesce(p.four_eyes, true)
            and exists (select from agent_logins l where l.agent_id = u.agent_id and l.owner = person_of(u.created_by)))))
$$;

grant execute on function revoke_standing_approval(uuid, text, text), still_stands(uuid) to holdpoint_server;
