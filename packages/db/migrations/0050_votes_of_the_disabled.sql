-- Two ways in which a yes could count that should not: the voter was disabled meanwhile, and the person behind an agent's
-- login was written down under a name that is nobody's.

-- When someone was disabled last; it stays when they are let in again.
alter table operators add column disabled_last_at timestamptz;
update operators set disabled_last_at = disabled_at;

create function note_disabling() returns trigger
language plpgsql as $$
begin
  new.disabled_last_at := new.disabled_at;
  return new;
end $$;
create trigger note_disabling before update on operators
  for each row when (new.disabled_at is not null and old.disabled_at is null) execute function note_disabling();

-- Since when a vote that was given then is void; null: it counts. Whoever was disabled may have been somebody else for a
-- while, so being let in again does not bring back what was said before.
create function vote_void_since(voter text, given timestamptz) returns timestamptz
language sql stable as $$
  select o.disabled_last_at from operators o where voter = 'operator:' || o.name and o.disabled_last_at >= given
$$;

-- As before, of those whose word still counts. What was decided before stays decided: a quorum is only asked for then.
create or replace function quorum_met(approval uuid) returns boolean
language sql stable as $$
  with q as (
    select coalesce(quorum, '[{"count": 1}]') as groups, coalesce(digest, '') as digest
    from approval_queue where approval_id = approval
  ), voters as (
    select v.person from approval_votes v, q where v.approval_id = approval and v.vote = 'approve' and v.digest = q.digest
      and vote_void_since(v.person, v.voted_at) is null
  )
  select coalesce(bool_and(
      (select count(*) from voters where exists (select from jsonb_array_elements(q.groups) with ordinality g(it, n)
        where choice >> (n - 1)::integer & 1 = 1 and (not it ? 'members' or it -> 'members' ? voters.person)))
      >= (select sum((it ->> 'count')::integer) from jsonb_array_elements(q.groups) with ordinality g(it, n)
        where choice >> (n - 1)::integer & 1 = 1)), false)
    from q, generate_series(1, (1 << jsonb_array_length(q.groups)) - 1) choice
$$;

-- Four eyes compares names: the owner of a login is a person whom Holdpoint knows, written as the log writes them.
create function guard_owner() returns trigger
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
create trigger guard_owner before insert or update of owner on agent_logins
  for each row when (new.owner is not null) execute function guard_owner();

-- Those that were written before and mean somebody.
update agent_logins set owner = owner where exists (select from operators o
  where o.name = lower(btrim(regexp_replace(owner, '^\s*operator:', ''))));

-- As before; the log has the person that the owner was taken for.
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
  perform audit_of(agent, actor, 'agent.own', 'agent_logins', agent, null, jsonb_build_object('owner', l.owner));
end $$;

grant execute on function vote_void_since(text, timestamptz) to holdpoint_server;
