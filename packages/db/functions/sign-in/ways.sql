-- Which ways in there are. Links cannot be turned off: they are how whoever is locked out comes back.

create or replace function assert_passwords() returns void
language plpgsql stable as $$
begin
  if not (select passwords from sign_in_ways) then
    raise exception 'nobody signs in with a password here: nothing was done' using errcode = 'HP030',
      hint = 'Sign in with the provider, or ask an administrator for a link.';
  end if;
end $$;

-- One rule at the one door: whichever function begins a session by password, now or later.
create or replace function guard_sign_in_way() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  perform assert_passwords();
  return new;
end $$;

create or replace function allow_passwords(allowed boolean, actor text) returns void
language plpgsql security definer set search_path from current as $$
begin
  perform check_actor(actor, null);
  update sign_in_ways set passwords = allowed where passwords <> allowed;
  if not found then
    raise exception 'passwords are turned % already: nothing was done', case when allowed then 'on' else 'off' end using errcode = 'HP015';
  end if;
  perform audit_act(null, actor, 'sign_in.ways', 'sign_in_ways', 'passwords', jsonb_build_object('passwords', not allowed),
    jsonb_build_object('passwords', allowed));
end $$;

grant execute on function allow_passwords(boolean, text) to holdpoint_server;
