-- Who may do what. Every verb names its actor, and the database looks it up: a route of the server that forgets to ask,
-- or is made to forget, acts neither as nobody nor beyond what that person may do.

-- True for the server's logins and for whoever administers the schema; false for every agent, also one
-- reached by SET ROLE from an administrator's session.
create or replace function is_operator() returns boolean
language sql stable security definer set search_path from current as $$
  select case
    when exists (select from agent_logins where login in (session_user, current_setting('role')))
      or current_setting('role') = 'agent_worker' then false
    when (select rolsuper from pg_roles where rolname = session_user) then true
    else session_user = 'holdpoint_owner'
      or pg_has_role(session_user, 'holdpoint_server', 'usage')
      or pg_has_role(session_user, 'holdpoint_owner', 'usage')
  end
$$;

-- Whoever administers the schema is not asked: they could change the answer.
create or replace function is_administrator() returns boolean
language sql stable security definer set search_path from current as $$
  select (select rolsuper from pg_roles where rolname = session_user) or session_user = 'holdpoint_owner'
    or pg_has_role(session_user, 'holdpoint_owner', 'usage')
$$;

create or replace function assert_operator() returns void
language plpgsql stable security definer set search_path from current as $$
begin
  if not is_operator() then
    raise exception 'login "%" is not an operator: nothing was done', session_user
      using errcode = 'HP012', hint = 'Controls are for people. Ask in the console.';
  end if;
end $$;

-- The person behind an actor.
create or replace function person_of(actor text) returns text
language sql stable as $$
  select coalesce((select 'operator:' || t.made_by from api_tokens t
    where actor like 'token:%' and t.name = substr(actor, 7) and t.made_by is not null), actor)
$$;

create or replace function scopes_of(roles text[]) returns text[]
language sql immutable as $$
  select array_agg(distinct scope order by scope) from unnest(roles) role, lateral unnest(case role
    when 'admin' then '{read,control,decide,isolate,administer}'::text[]
    when 'operator' then '{read,control,isolate}'
    when 'reviewer' then '{read,decide}'
    else '{read}'
  end) scope
$$;

-- What `actor` may do now; no row for one who is unknown, disabled, revoked or expired. A token never may do more than
-- the person who made it.
create or replace function powers_of(actor text) returns table (scopes text[], agents text[])
language sql stable as $$
  select scopes_of(o.roles), o.agents from operators o
    where o.name = substr(actor, 10) and actor like 'operator:%' and o.disabled_at is null
  union all
  select case when m.name is null then t.scopes
      else array(select unnest(t.scopes) intersect select unnest(scopes_of(m.roles))) end,
    case when m.agents is null then t.agents when t.agents is null then m.agents
      else array(select unnest(t.agents) intersect select unnest(m.agents)) end
    from api_tokens t left join operators m on m.name = t.made_by
    where t.name = substr(actor, 7) and actor like 'token:%'
      and t.revoked_at is null and (t.expires_at is null or t.expires_at > clock_timestamp())
      and m.disabled_at is null
$$;

-- The scope that an act needs, by the name under which it is audited. What is not named here needs the most.
create or replace function scope_needed(act text) returns text
language sql immutable as $$
  select case
    when act in ('run.isolate', 'run.release') then 'isolate'
    when act in ('agent.isolate', 'agent.release', 'agent.end_sessions', 'session.end') then 'isolate'
    when split_part(act, '.', 1) in ('run', 'action', 'loop', 'view', 'detection', 'drift', 'incident') then 'control'
    when split_part(act, '.', 1) in ('approval', 'standing') then 'decide'
    -- One's own.
    when act in ('sign_in.begin', 'sign_in.end', 'sign_in.password') then 'read'
    else 'administer'
  end
$$;

-- What bars an actor from an act on an agent: nobody | scope | agent.
create or replace function bar_to_act(actor text, act text, agent text) returns text
language plpgsql stable as $$
declare
  needed text := scope_needed(act);
  may record;
begin
  select * into may from powers_of(actor);
  return case
    when not found then 'nobody'
    when not needed = any (may.scopes) then 'scope'
    when needed <> 'read' and may.agents is not null and act not like 'view.%' and not coalesce(agent = any (may.agents), false)
      then 'agent'
  end;
end $$;

-- Invariant 7 makes this the one door: no audit row, no act. So each act is judged by its row, whichever function
-- wrote it: does this actor exist, have the scope, and may it command this agent?
create or replace function authorize_act() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  -- What Holdpoint does by itself is named so by the functions that do it: check_actor takes no such name from a caller.
  if is_administrator() or new.actor in ('holdpoint', 'holdpoint:sign-in') then return new; end if;
  case bar_to_act(new.actor, new.action, new.agent_id)
    when 'nobody' then raise exception 'nobody named % may act here: nothing was done', new.actor using errcode = 'HP030';
    when 'scope' then raise exception 'this needs the scope "%", which % does not have: nothing was done',
      scope_needed(new.action), new.actor using errcode = 'HP030';
    when 'agent' then raise exception 'this takes someone who may command %, which % may not: nothing was done',
      coalesce('agent "' || new.agent_id || '"', 'every agent'), new.actor
      using errcode = 'HP030', hint = 'Ask someone who may act on this agent.';
    else return new;
  end case;
end $$;

grant execute on function is_operator() to holdpoint_server;
