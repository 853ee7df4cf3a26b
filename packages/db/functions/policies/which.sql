-- Which policy rules a call.

-- Whether a policy for `pattern` is about this tool: by its name, or by the beginning of it that stands before a *.
create or replace function stands_for(pattern text, tool text) returns boolean
language sql immutable as $$
  select pattern = tool or right(pattern, 1) = '*' and starts_with(tool, left(pattern, -1))
$$;

-- Whose runs a policy is about, and which of their calls.
create or replace function is_about_run(p approval_policies, agent text, run_skill text) returns boolean
language sql immutable as $$
  select (p.agent_id is null or p.agent_id = agent) and (p.skill is null or p.skill = run_skill)
$$;

create or replace function is_about_call(p approval_policies, agent text, run_skill text, called text) returns boolean
language sql immutable as $$
  select coalesce(stands_for(p.tool, called) and is_about_run(p, agent, run_skill), false)
$$;

-- The one policy that rules a call: one for its agent before one for its skill before one for any; then its own tool
-- before a longer beginning of it. Null: none does. A draft stands in the place of the version that is in force; null: none.
create or replace function policy_under(draft approval_policies, agent text, run_skill text, called text) returns approval_policies
language sql stable as $$
  select c.p from (
      select p from approval_policies p where p.current and p.policy_id is distinct from draft.policy_id
      union all select draft where draft.policy_id is not null) c(p)
    where is_about_call(c.p, agent, run_skill, called)
    order by (c.p).agent_id is not null desc, (c.p).skill is not null desc, right((c.p).tool, 1) <> '*' desc,
      char_length((c.p).tool) desc, (c.p).created_at desc limit 1
$$;

-- The one that is in force.
create or replace function policy_for(agent text, run_skill text, called text) returns approval_policies
language sql stable as $$ select policy_under(null, agent, run_skill, called) $$;

-- A condition is a JSON path that is read strictly: what is missing, or a list where a number is meant, never fulfils
-- it. No argument makes it fail: a time with a zone is compared with one without, which is read as UTC, whatever zone
-- the caller's session has.
create or replace function condition_holds(condition text, args jsonb, target text) returns boolean
language sql stable set timezone to 'UTC' as $$
  select coalesce(jsonb_path_match_tz(coalesce(args, 'null'), ('strict ' || condition)::jsonpath,
    jsonb_build_object('target', target), true), false)
$$;

-- A row that was changed after the snapshot cannot be locked (40001). The lock itself is let go at once: whoever changes
-- a policy does not wait for an agent.
create or replace function assert_policies_seen() returns void
language plpgsql as $$
begin
  perform from policies_changed for share;
  raise exception 'they are' using errcode = 'UX000';
exception when sqlstate 'UX000' then null;
end $$;

create or replace function note_policy_change() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  update policies_changed set at = clock_timestamp();
  return null;
end $$;
