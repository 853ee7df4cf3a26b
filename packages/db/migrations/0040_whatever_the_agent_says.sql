-- An agent chooses its transaction, its clock and its words; none of these decides which rules there are.

-- When policies were changed last. A transaction whose snapshot is older does not pass the gate: it would be judged by
-- rules that are no longer.
create table policies_changed (
  only_one boolean primary key default true check (only_one),
  at timestamptz not null default clock_timestamp()
);
insert into policies_changed default values;

create function note_policy_change() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  update policies_changed set at = clock_timestamp();
  return null;
end $$;
create trigger note_policy_change after insert or update on approval_policies
  for each statement execute function note_policy_change();

-- A row that was changed after the snapshot cannot be locked (40001). The lock itself is let go at once: whoever changes
-- a policy does not wait for an agent.
create function assert_policies_seen() returns void
language plpgsql as $$
begin
  perform from policies_changed for share;
  raise exception 'they are' using errcode = 'UX000';
exception when sqlstate 'UX000' then null;
end $$;

-- As before, and it is asked under the policies that are in force now.
create or replace function pass_gate(run uuid, caller_epoch integer, a actions, cleared boolean) returns text
language plpgsql as $$
declare
  agent text;
begin
  if current_setting('transaction_isolation') <> 'read committed' then perform assert_policies_seen(); end if;
  update workflow_checkpoints w set current_tool = a.tool, tool_target = a.target, tool_since = clock_timestamp(),
    status = 'running', waiting_on = null,
    event_hint = jsonb_build_object('kind', 'action.intended', 'actor', 'agent:' || w.agent_id, 'detail',
      jsonb_strip_nulls(jsonb_build_object('actionId', a.action_id, 'tool', a.tool, 'target', left(a.target, 200),
        'step', coalesce(a.step, w.current_step), 'attempt', a.attempt, 'approvalId', a.approval_id)))
    where workflow_id = run and epoch = caller_epoch and status in ('running', 'approved', 'queued')
      and cardinality(held_by) = 0
      -- used_up, written out, as is may_act_as: the gate is the hot path.
      and (limit_tokens is null or tokens_in < limit_tokens - tokens_out)
      and (limit_cost_usd is null or cost_usd < limit_cost_usd)
      and (deadline_at is null or deadline_at > clock_timestamp())
      and (cleared or a.tool <> all (bound_tools) and not exists (select from approval_policies p
        where p.current and p.gate and (p.agent_id is null or p.agent_id = w.agent_id) and (p.skill is null or p.skill = w.skill)
          and (p.tool = a.tool or right(p.tool, 1) = '*' and starts_with(a.tool, left(p.tool, -1)))))
      and exists (select from agent_logins l where l.login = session_user and (l.agent_id = w.agent_id
        or (l.agent_id is null and not exists (select from agent_logins o where o.agent_id = w.agent_id))))
      -- The row is looked at as it is now, the lease as it was when this statement began: a run that was let go
      -- meanwhile shows by its row.
      and (engine = 'sql' or worker is not null and exists (select from run_leases l
        where l.workflow_id = run and l.epoch = caller_epoch and l.lease_until > clock_timestamp()))
    returning w.agent_id into agent;
  return agent;
end $$;

-- As before; a run that its agent dates ahead is as old as its history says.
create or replace function check_in_due(r workflow_checkpoints, p approval_policies) returns text
language sql stable as $$
  select case
    when coalesce(r.looked_at, least(r.created_at, (select l.began_at from run_lives l where l.workflow_id = r.workflow_id)))
        + make_interval(secs => (p.check_in_hours * 3600)::double precision) <= clock_timestamp()
      then format('nobody has looked for %s hours', trim_scale(p.check_in_hours))
    when r.steps - r.looked_steps >= p.check_in_steps then format('nobody has looked for %s steps', r.steps - r.looked_steps)
  end
$$;

-- A no is always an answer, whatever the agent allows.
update approval_queue set allowed = allowed || 'reject'::text where not 'reject' = any (allowed);
alter table approval_queue add constraint approval_may_be_refused check ('reject' = any (allowed));
