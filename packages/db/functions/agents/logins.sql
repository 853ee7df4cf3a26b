-- Which agent a login is. Inside SECURITY DEFINER functions current_user is the owner, so everything here decides by
-- session_user, and denies by default.

-- The agent that this session's login is, or null (the trial login, the server, anyone else).
create or replace function own_agent() returns text
language sql stable security definer set search_path from current as
$$ select agent_id from agent_logins where login = session_user $$;

-- Agents that have a login of their own; the trial login may not act as any of these.
create or replace function owned_agents() returns text[]
language sql stable security definer set search_path from current as
$$ select coalesce(array_agg(agent_id), '{}') from agent_logins where agent_id is not null $$;

-- The login of agents that have none of their own yet.
create or replace function is_trial_login() returns boolean
language sql stable security definer set search_path from current as
$$ select exists (select from agent_logins where login = session_user and agent_id is null) $$;

-- Invariant 13: an agent's login acts as its own agent and as no other.
create or replace function may_act_as(agent text) returns boolean
language sql stable security definer set search_path from current as $$
  select exists (
    select from agent_logins l
    where l.login = session_user
      and (l.agent_id = agent
        or (l.agent_id is null and not exists (select from agent_logins o where o.agent_id = agent)))
  )
$$;

-- A login of an agent, or (agent null) the trial login. Called by the owner after it made the role.
create or replace function register_agent_login(login_name name, agent text) returns void
language sql security definer set search_path from current as $$
  insert into agent_logins (login, agent_id) values (login_name, agent)
    on conflict (login) do update set agent_id = excluded.agent_id
$$;

grant execute on function own_agent(), owned_agents(), is_trial_login(), may_act_as(text) to agent_worker;
