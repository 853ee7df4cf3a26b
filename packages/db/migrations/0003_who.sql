-- Who is writing. Inside SECURITY DEFINER functions current_user is the owner, so everything here decides
-- by session_user, and denies by default.

-- The agent that this session's login is, or null (the trial login, the server, anyone else).
create function own_agent() returns text
language sql stable security definer set search_path from current as
$$ select agent_id from agent_logins where login = session_user $$;

-- Agents that have a login of their own; the trial login may not act as any of these.
create function owned_agents() returns text[]
language sql stable security definer set search_path from current as
$$ select coalesce(array_agg(agent_id), '{}') from agent_logins where agent_id is not null $$;

create function is_trial_login() returns boolean
language sql stable security definer set search_path from current as
$$ select exists (select from agent_logins where login = session_user and agent_id is null) $$;

-- Invariant 13: an agent's login acts as its own agent and as no other.
create function may_act_as(agent text) returns boolean
language sql stable security definer set search_path from current as $$
  select exists (
    select from agent_logins l
    where l.login = session_user
      and (l.agent_id = agent
        or (l.agent_id is null and not exists (select from agent_logins o where o.agent_id = agent)))
  )
$$;

-- True for the server's logins and for whoever administers the schema; false for every agent, also one
-- reached by SET ROLE from an administrator's session.
create function is_operator() returns boolean
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

create function assert_operator() returns void
language plpgsql stable security definer set search_path from current as $$
begin
  if not is_operator() then
    raise exception 'login "%" is not an operator: nothing was done', session_user
      using errcode = 'HP012', hint = 'Controls are for people. Ask in the console.';
  end if;
end $$;
