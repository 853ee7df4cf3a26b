-- The person behind an agent: four eyes compares with it.

-- Four eyes compares names: the owner of a login is a person whom Holdpoint knows, written as the log writes them.
create or replace function guard_owner() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  named text := lower(btrim(new.owner));
begin
  new.owner := person_of(case when named like '%:%' then named else 'operator:' || named end);
  if not exists (select from operators o where new.owner = 'operator:' || o.name) then
    raise exception 'there is nobody named "%": nothing was done', left(named, 200) using errcode = 'HP031',
      hint = 'The owner of a login is a person, as in operator:ana. Add them first.';
  end if;
  return new;
end $$;

-- Says whose an agent's login is. The log has the person that the owner was taken for.
create or replace function own_agent_login(agent text, owner_name text, actor text) returns void
language plpgsql security definer set search_path from current as $$
declare
  l agent_logins;
begin
  perform check_actor(actor, null), check_text('the owner', owner_name, 200);
  update agent_logins set owner = owner_name where agent_id = agent returning * into l;
  if not found then
    raise exception 'no agent "%" with a login: nothing was done', agent using errcode = 'HP011';
  end if;
  perform audit_act(agent, actor, 'agent.own', 'agent_logins', l.login, null, jsonb_build_object('owner', l.owner));
end $$;

grant execute on function own_agent_login(text, text, text) to holdpoint_server;
