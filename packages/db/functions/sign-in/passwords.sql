-- Local accounts. The server derives a key from the password (scrypt: slow on purpose, so not in here) and shows it; of
-- that key only a SHA-256 hash is kept, and only here it is compared: no server can skip the counting of failures.

-- What is needed to derive the key. A name without a password is answered like one that has one. Whether passwords
-- sign anybody in is said before anything is compared, or the answer would tell which password is right.
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

-- Signs someone in whose key is right; false, and counted, when it is not. Tries for one account wait for each other,
-- so that many at once get no more tries than one after the other.
create or replace function sign_in_with_password(person text, key bytea, session_hash bytea, agent text, address text) returns boolean
language plpgsql security definer set search_path from current as $$
declare
  account text := 'account:' || left(person, 100);
  place text := 'address:' || left(address, 100);
begin
  perform assert_operator();
  delete from sign_in_failures where last_at < clock_timestamp() - interval '1 day';
  insert into sign_in_failures values (account, 0, clock_timestamp(), clock_timestamp()) on conflict do nothing;
  perform from sign_in_failures f where f.key = account for update;
  perform refuse_too_many_tries(array[account, place]);
  if exists (select from operator_passwords p join operators o on o.name = p.operator
      where p.operator = person and p.key_hash = sha256(sign_in_with_password.key) and o.disabled_at is null) then
    delete from sign_in_failures f where f.key = account;
    perform begin_session(person, 'password', session_hash, agent, sign_in_with_password.address);
    return true;
  end if;
  perform count_failure(account, 5), count_failure(place, 20);
  -- By nobody: what was typed as a name is a claim.
  insert into agent_audit_log (action, target_table, target_row_id, data_after, data_timestamp)
    values ('sign_in.refused', 'operators', left(person, 100), jsonb_build_object('method', 'password', 'address', left(sign_in_with_password.address, 100)),
      clock_timestamp());
  return false;
end $$;

-- One's own password. Whoever has one shows it first: a session that was left open must not be enough to keep the
-- account. All other sessions end.
create or replace function set_password(person text, old_key bytea, salt bytea, cost jsonb, key_hash bytea, keep uuid, actor text) returns boolean
language plpgsql security definer set search_path from current as $$
declare
  account text := 'account:' || left(person, 100);
  kept operator_passwords;
begin
  perform check_actor(actor, null);
  if actor <> 'operator:' || person then
    raise exception 'everyone sets their own password: nothing was done' using errcode = 'HP030';
  end if;
  select * into kept from operator_passwords where operator = person for update;
  if found then
    perform refuse_too_many_tries(array[account]);
    if old_key is null or kept.key_hash <> sha256(old_key) then
      perform count_failure(account, 5);
      return false;
    end if;
  end if;
  insert into operator_passwords as p values (person, set_password.salt, set_password.cost, set_password.key_hash)
    on conflict (operator) do update set salt = excluded.salt, cost = excluded.cost, key_hash = excluded.key_hash,
      set_at = clock_timestamp();
  perform audit_person(person, 'sign_in.password', actor, null, null), end_sign_ins(person, actor, keep);
  return true;
end $$;

-- Takes a password away: its person comes in by link, and sets another one.
create or replace function remove_password(person text, actor text) returns void
language plpgsql security definer set search_path from current as $$
begin
  perform check_actor(actor, null);
  delete from operator_passwords where operator = person;
  if not found then
    raise exception '% has no password: nothing was done', person using errcode = 'HP015';
  end if;
  perform audit_person(person, 'operator.remove_password', actor, null, null);
end $$;

grant execute on function
  password_salt(text, text), sign_in_with_password(text, bytea, bytea, text, text),
  set_password(text, bytea, bytea, jsonb, bytea, uuid, text), remove_password(text, text)
  to holdpoint_server;
