-- People and their rights. Every verb names its actor, and the database looks it up: a route of the server that forgets
-- to ask, or is made to forget, acts neither as nobody nor beyond what that person may do.

create table operators (
  name text primary key check (name ~ '^[a-z0-9][a-z0-9._@+-]{0,99}$'),
  -- Whom an outside provider may sign in as this person, once it has proved the address.
  email text unique check (length(email) between 3 and 320 and email = lower(email)),
  roles text[] not null check (cardinality(roles) between 1 and 4 and roles <@ '{viewer,operator,reviewer,admin}'),
  -- Whose runs this person may command; null is every agent's.
  agents text[] check (cardinality(agents) between 1 and 500),
  disabled_at timestamptz,
  disabled_by text,
  added_by text not null,
  added_at timestamptz not null default clock_timestamp(),
  -- An administrator could lift a limit of their own.
  check (agents is null or not 'admin' = any (roles))
);

-- What a script carries. Its name is never given twice, so that `token:<name>` in the log means one token.
create table api_tokens (
  name text primary key check (name ~ '^[a-z0-9][a-z0-9._-]{0,59}$'),
  token_hash bytea not null unique check (length(token_hash) = 32),
  scopes text[] not null check (cardinality(scopes) > 0 and scopes <@ '{read,control,decide,isolate,administer}'),
  agents text[] check (cardinality(agents) between 1 and 500),
  check (agents is null or not 'administer' = any (scopes)),
  -- Null: the machine's own, which `holdpoint start` keeps in its data folder.
  made_by text references operators,
  made_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  revoked_by text
);

create function scopes_of(roles text[]) returns text[]
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
create function powers_of(actor text) returns table (scopes text[], agents text[])
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
create function scope_needed(act text) returns text
language sql immutable as $$
  select case
    when act in ('run.isolate', 'run.release') then 'isolate'
    when act in ('agent.isolate', 'agent.release', 'session.end') then 'isolate'
    when split_part(act, '.', 1) in ('run', 'action', 'loop', 'view', 'detection', 'drift', 'incident') then 'control'
    when split_part(act, '.', 1) in ('approval', 'rule') then 'decide'
    -- One's own.
    when act in ('sign_in.begin', 'sign_in.end', 'sign_in.password') then 'read'
    else 'administer'
  end
$$;

-- Whoever administers the schema is not asked: they could change the answer.
create function is_administrator() returns boolean
language sql stable security definer set search_path from current as $$
  select (select rolsuper from pg_roles where rolname = session_user) or session_user = 'holdpoint_owner'
    or pg_has_role(session_user, 'holdpoint_owner', 'usage')
$$;

create or replace function check_actor(actor text, why text) returns void
language plpgsql set search_path from current as $$
begin
  perform assert_operator();
  if coalesce(actor, '') = '' then
    raise exception 'the actor is missing: nothing was done' using errcode = 'HP010';
  end if;
  -- A verb must see what committed while it waited for the run's lock: a child, a hold, a decision.
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'a verb needs a READ COMMITTED transaction, not %: nothing was done',
      upper(current_setting('transaction_isolation')) using errcode = 'HP010';
  end if;
  perform check_text('the actor', actor, 200), check_text('the reason', why, 2000);
  if not is_administrator() and not exists (select from powers_of(actor)) then
    raise exception 'nobody named % may act here: nothing was done', actor
      using errcode = 'HP030', hint = 'They were disabled, or their token was revoked.';
  end if;
end $$;

-- Invariant 7 makes this the one door: no audit row, no act. So each act is judged by its row, whichever function
-- wrote it: does this actor exist, have the scope, and may it command this agent?
create function authorize_act() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  needed text := scope_needed(new.action);
  may record;
begin
  -- What Holdpoint does by itself is named so by the functions that do it: check_actor takes no such name from a caller.
  if is_administrator() or new.actor in ('holdpoint', 'holdpoint:sign-in') then return new; end if;
  select * into may from powers_of(new.actor);
  if not found then
    raise exception 'nobody named % may act here: nothing was done', new.actor using errcode = 'HP030';
  elsif not needed = any (may.scopes) then
    raise exception 'this needs the scope "%", which % does not have: nothing was done', needed, new.actor
      using errcode = 'HP030';
  elsif needed <> 'read' and may.agents is not null and new.action not like 'view.%' and not coalesce(new.agent_id = any (may.agents), false) then
    raise exception 'this takes someone who may command %, which % may not: nothing was done',
      coalesce('agent "' || new.agent_id || '"', 'every agent'), new.actor
      using errcode = 'HP030', hint = 'Ask someone who may act on this agent.';
  end if;
  return new;
end $$;
create trigger authorize_act before insert on agent_audit_log
  for each row when (new.actor is not null and new.actor not like 'agent:%') execute function authorize_act();

create function audit_person(person text, act text, actor text, before jsonb, after jsonb) returns void
language sql as $$
  insert into agent_audit_log (action, target_table, target_row_id, data_before, data_after, data_timestamp, actor)
    values (act, 'operators', person, before, after, clock_timestamp(), actor)
$$;

-- What an audit row keeps of a person.
create function person_state(o operators) returns jsonb
language sql immutable as $$
  select jsonb_build_object('roles', o.roles, 'agents', o.agents, 'email', o.email, 'disabled', o.disabled_at is not null)
$$;

-- Locks a person; with null there is none. Changes to people wait for each other: two administrators who disable each
-- other must not leave none.
create function lock_person(person text) returns operators
language plpgsql as $$
declare
  o operators;
begin
  lock table operators in share row exclusive mode;
  select * into o from operators where name = person for update;
  if not found then
    raise exception 'there is nobody named "%": nothing was done', person using errcode = 'HP031';
  end if;
  return o;
end $$;

create function assert_an_admin_is_left() returns void
language plpgsql as $$
begin
  if not exists (select from operators where 'admin' = any (roles) and disabled_at is null) then
    raise exception 'nobody would be left who may administer: nothing was done' using errcode = 'HP015',
      hint = 'Make someone else an administrator first.';
  end if;
end $$;

create function add_operator(person text, roles text[], agents text[], email text, actor text) returns void
language plpgsql security definer set search_path from current as $$
declare
  o operators;
begin
  perform check_actor(actor, null);
  insert into operators (name, email, roles, agents, added_by)
    values (person, lower(add_operator.email), add_operator.roles, add_operator.agents, actor)
    on conflict do nothing returning * into o;
  if not found then
    raise exception 'there is someone named "%", or with that address, already: nothing was done', person using errcode = 'HP015';
  end if;
  perform audit_person(person, 'operator.add', actor, null, person_state(o));
end $$;

create function change_operator(person text, roles text[], agents text[], email text, actor text) returns void
language plpgsql security definer set search_path from current as $$
declare
  before operators;
  o operators;
begin
  perform check_actor(actor, null);
  before := lock_person(person);
  if exists (select from operators other where other.email = lower(change_operator.email) and other.name <> person) then
    raise exception 'someone else has that address: nothing was done' using errcode = 'HP015';
  end if;
  o := before;
  o.roles := change_operator.roles;
  o.agents := change_operator.agents;
  o.email := lower(change_operator.email);
  -- First the row: whoever gives their own role up is judged by what they are now.
  perform audit_person(person, 'operator.change', actor, person_state(before), person_state(o));
  update operators set roles = o.roles, agents = o.agents, email = o.email where name = person;
  perform assert_an_admin_is_left();
end $$;

-- As owner: someone who is there from the start, for instance the script that stands in for people in the samples.
create function ensure_operator(person text, roles text[]) returns void
language sql as $$
  insert into operators (name, roles, added_by) values (person, ensure_operator.roles, 'login:' || session_user) on conflict do nothing
$$;

-- For `holdpoint start`, as owner: a new installation has one person, `local`, who may do everything, and the machine's
-- own token. Whoever was disabled or changed since stays so.
create function ensure_first_admin(token_hash bytea) returns void
language plpgsql set search_path from current as $$
begin
  perform ensure_operator('local', '{admin}');
  insert into api_tokens as t (name, token_hash, scopes)
    values ('cli', ensure_first_admin.token_hash, '{read,control,decide,isolate,administer}')
    on conflict (name) do update set token_hash = excluded.token_hash, revoked_at = null, revoked_by = null
      where t.token_hash <> excluded.token_hash;
end $$;

grant select on operators to holdpoint_server;
grant select (name, scopes, agents, made_by, made_at, expires_at, last_used_at, revoked_at, revoked_by) on api_tokens to holdpoint_server;
grant execute on function add_operator(text, text[], text[], text, text), change_operator(text, text[], text[], text, text)
  to holdpoint_server;
