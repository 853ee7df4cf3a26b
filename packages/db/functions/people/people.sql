-- People and their rights. Nobody is removed: the log names them.

-- Locks a person; with null there is none. Changes to people wait for each other: two administrators who disable each
-- other must not leave none.
create or replace function lock_person(person text) returns operators
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

-- What an audit row keeps of a person.
create or replace function person_state(o operators) returns jsonb
language sql immutable as $$
  select jsonb_build_object('roles', o.roles, 'agents', o.agents, 'email', o.email, 'disabled', o.disabled_at is not null)
$$;

create or replace function assert_an_admin_is_left() returns void
language plpgsql as $$
begin
  if not exists (select from operators where 'admin' = any (roles) and disabled_at is null) then
    raise exception 'nobody would be left who may administer: nothing was done' using errcode = 'HP015',
      hint = 'Make someone else an administrator first.';
  end if;
end $$;

create or replace function add_operator(person text, roles text[], agents text[], email text, actor text) returns void
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

create or replace function change_operator(person text, roles text[], agents text[], email text, actor text) returns void
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

-- Nobody is removed: the log names them. Their sessions end, their links and tokens are no longer good.
create or replace function disable_operator(person text, actor text, why text default null) returns void
language plpgsql security definer set search_path from current as $$
declare
  before operators;
  o operators;
begin
  perform check_actor(actor, why);
  before := lock_person(person);
  if actor = 'operator:' || person then
    raise exception 'nobody disables themselves: nothing was done' using errcode = 'HP015', hint = 'Ask another administrator.';
  end if;
  if before.disabled_at is not null then
    raise exception '% is disabled already: nothing was done', person using errcode = 'HP015';
  end if;
  update operators set disabled_at = clock_timestamp(), disabled_by = actor where name = person returning * into o;
  perform assert_an_admin_is_left();
  perform end_sign_ins(person, actor);
  perform audit_person(person, 'operator.disable', actor, person_state(before), person_state(o) || jsonb_build_object('why', why));
end $$;

create or replace function enable_operator(person text, actor text) returns void
language plpgsql security definer set search_path from current as $$
declare
  before operators;
  o operators;
begin
  perform check_actor(actor, null);
  before := lock_person(person);
  if before.disabled_at is null then
    raise exception '% is not disabled: nothing was done', person using errcode = 'HP015';
  end if;
  update operators set disabled_at = null, disabled_by = null where name = person returning * into o;
  perform audit_person(person, 'operator.enable', actor, person_state(before), person_state(o));
end $$;

-- Fewer agents count as well: what a person may not do today, they would not be asked for today.
create or replace function loses_answers(before operators, after operators) returns boolean
language sql immutable as $$
  select after.disabled_at is not null and before.disabled_at is null
    or 'decide' = any (scopes_of(before.roles)) and not 'decide' = any (scopes_of(after.roles))
    or after.agents is not null and (before.agents is null or not before.agents <@ after.agents)
$$;

create or replace function note_barring() returns trigger
language plpgsql as $$
begin
  new.barred_last_at := clock_timestamp();
  return new;
end $$;

-- As owner: someone who is there from the start, for instance the script that stands in for people in the samples.
create or replace function ensure_operator(person text, roles text[]) returns void
language sql as $$
  insert into operators (name, roles, added_by) values (person, ensure_operator.roles, 'login:' || session_user) on conflict do nothing
$$;

-- For `holdpoint start`, as owner: a new installation has one person, `local`, who may do everything, and the machine's
-- own token. Whoever was disabled or changed since stays so. A token that was revoked and has another secret now was made
-- then: what was said by the former one does not come back.
create or replace function ensure_first_admin(token_hash bytea) returns void
language plpgsql set search_path from current as $$
begin
  perform ensure_operator('local', '{admin}');
  insert into api_tokens as t (name, token_hash, scopes)
    values ('cli', ensure_first_admin.token_hash, '{read,control,decide,isolate,administer}')
    on conflict (name) do update set token_hash = excluded.token_hash, revoked_at = null, revoked_by = null,
        made_at = case when t.revoked_at is null then t.made_at else clock_timestamp() end
      where t.token_hash <> excluded.token_hash;
end $$;

create or replace function audit_person(person text, act text, actor text, before jsonb, after jsonb) returns void
language sql as $$
  select audit_act(null, actor, act, 'operators', person, before, after)
$$;

grant execute on function
  add_operator(text, text[], text[], text, text), change_operator(text, text[], text[], text, text),
  disable_operator(text, text, text), enable_operator(text, text)
  to holdpoint_server;
