-- What administrators see and say of the ways in: whether passwords sign anybody in, and which account at a provider is
-- whose. Links cannot be turned off: they are how whoever is locked out comes back.

create table sign_in_ways (
  passwords boolean not null default true,
  -- One row.
  one boolean primary key default true check (one)
);
insert into sign_in_ways default values;

create function allow_passwords(allowed boolean, actor text) returns void
language plpgsql security definer set search_path from current as $$
begin
  perform check_actor(actor, null);
  update sign_in_ways set passwords = allowed where passwords <> allowed;
  if not found then
    raise exception 'passwords are turned % already: nothing was done', case when allowed then 'on' else 'off' end using errcode = 'HP015';
  end if;
  insert into agent_audit_log (action, target_table, target_row_id, data_before, data_after, data_timestamp, actor)
    values ('sign_in.ways', 'sign_in_ways', 'passwords', jsonb_build_object('passwords', not allowed),
      jsonb_build_object('passwords', allowed), clock_timestamp(), actor);
end $$;

create function assert_passwords() returns void
language plpgsql stable as $$
begin
  if not (select passwords from sign_in_ways) then
    raise exception 'nobody signs in with a password here: nothing was done' using errcode = 'HP030',
      hint = 'Sign in with the provider, or ask an administrator for a link.';
  end if;
end $$;

-- One rule at the one door: whichever function begins a session by password, now or later.
create function guard_sign_in_way() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  perform assert_passwords();
  return new;
end $$;
create trigger guard_sign_in_way before insert on operator_sessions
  for each row when (new.method = 'password') execute function guard_sign_in_way();
-- Nor is one set that would be good for nothing.
create trigger guard_sign_in_way before insert or update on operator_passwords
  for each row execute function guard_sign_in_way();

-- As before; and said before anything is compared, or the answer would tell which password is right.
create or replace function password_salt(person text, address text) returns table (salt bytea, cost jsonb)
language plpgsql security definer set search_path from current as $$
begin
  perform assert_operator(), assert_passwords(),
    refuse_too_many_tries(array['account:' || left(person, 100), 'address:' || left(address, 100)]);
  return query
    select coalesce(p.salt, substr(sha256(k.pepper || convert_to(person, 'UTF8')), 1, 16)),
      coalesce(p.cost, '{"N": 32768, "r": 8, "p": 3}')
    from sign_in_pepper k left join operator_passwords p on p.operator = person;
end $$;

-- Parts a person from their account at a provider. Sessions that began at a provider end, but for one that is named; the
-- next account that comes with their proved address is theirs.
create function unbind_identity(person text, iss text, actor text, but uuid default null) returns void
language plpgsql security definer set search_path from current as $$
declare
  i operator_identities;
  ended integer;
begin
  perform check_actor(actor, null);
  delete from operator_identities where operator = person and issuer = iss returning * into i;
  if not found then
    raise exception '% has no account at %: nothing was done', person, left(iss, 200) using errcode = 'HP015';
  end if;
  update operator_sessions set ended_at = clock_timestamp(), ended_by = actor
    where operator = person and method = 'oidc' and ended_at is null and session_id is distinct from but;
  get diagnostics ended = row_count;
  perform audit_person(person, 'operator.unbind_identity', actor,
    jsonb_build_object('issuer', i.issuer, 'subject', i.subject, 'boundAt', i.bound_at), jsonb_build_object('sessions', ended));
end $$;

-- Who has to wait now after too many tries, the longest first.
create function sign_in_waits() returns table (key text, failures integer, until timestamptz)
language sql stable security definer set search_path from current as $$
  select f.key, f.failures, f.blocked_until from sign_in_failures f where f.blocked_until > clock_timestamp()
    order by f.blocked_until desc limit 100
$$;

grant select on sign_in_ways, operator_identities to holdpoint_server;
grant execute on function allow_passwords(boolean, text), unbind_identity(text, text, text, uuid), sign_in_waits()
  to holdpoint_server;
