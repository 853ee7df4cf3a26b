-- Sign-in at a provider of one's own (OpenID Connect). The server asks the provider who came; who that is here, and
-- whether they come in, is said in here.

-- Before the server asks the provider about an answer: who sends too many bad ones waits.
create or replace function may_try_identity(address text) returns void
language plpgsql security definer set search_path from current as $$
begin
  perform assert_operator(), refuse_too_many_tries(array['address:' || left(address, 100)]);
end $$;

-- Signs in whom the provider named: null, or why not. A known account is its person, whatever its address says now. An
-- unknown one is the person with its address, when the provider has proved that and the person has no account there yet.
create or replace function sign_in_with_identity(state_hash bytea, iss text, sub text, mail text, proved boolean, session_hash bytea,
  agent text, address text) returns text
language plpgsql security definer set search_path from current as $$
declare
  o operators;
  known boolean;
  why text;
begin
  perform may_try_identity(sign_in_with_identity.address);
  delete from used_identity_answers where used_at < clock_timestamp() - interval '1 hour';
  insert into used_identity_answers values (sign_in_with_identity.state_hash) on conflict do nothing;
  if not found then
    why := 'used';
  else
    select p.* into o from operator_identities i join operators p on p.name = i.operator
      where i.issuer = iss and i.subject = sub for update of p;
    known := found;
    if not known and proved then
      select * into o from operators where email = lower(mail) for update;
    end if;
    why := case
      when not known and proved is not true then 'unproved'
      when o.name is null then 'unknown'
      when o.disabled_at is not null then 'disabled'
      when exists (select from operator_identities i where i.operator = o.name and i.issuer = iss and i.subject <> sub)
        then 'another account'
    end;
  end if;
  if why is not null then
    perform refuse_identity(coalesce(o.name, mail, sub), why, sign_in_with_identity.address);
    return why;
  end if;
  insert into operator_identities (issuer, subject, operator) values (iss, sub, o.name) on conflict do nothing;
  if found then
    perform audit_person(o.name, 'sign_in.bind', 'holdpoint:sign-in', null, jsonb_build_object('issuer', iss, 'subject', sub));
  end if;
  perform begin_session(o.name, 'oidc', session_hash, agent, sign_in_with_identity.address);
  return null;
end $$;

-- Counts a refusal and writes it down. By nobody: who it was is a claim.
create or replace function refuse_identity(who text, why text, address text) returns void
language plpgsql security definer set search_path from current as $$
begin
  perform assert_operator(), count_failure('address:' || left(refuse_identity.address, 100), 20);
  insert into agent_audit_log (action, target_table, target_row_id, data_after, data_timestamp)
    values ('sign_in.refused', 'operators', left(who, 100), jsonb_build_object('method', 'oidc', 'why', left(why, 200),
      'address', left(refuse_identity.address, 100)), clock_timestamp());
end $$;

-- Parts a person from their account at a provider. Sessions that began at a provider end, but for one that is named; the
-- next account that comes with their proved address is theirs.
create or replace function unbind_identity(person text, iss text, actor text, but uuid default null) returns void
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

-- As owner: for someone whose account at the provider was made anew. The next proved address binds again.
create or replace function forget_identity(person text, actor text) returns void
language plpgsql set search_path from current as $$
begin
  perform check_actor(actor, null);
  delete from operator_identities where operator = person;
  if not found then
    raise exception '% has no account at a provider: nothing was done', person using errcode = 'HP015';
  end if;
  perform audit_person(person, 'operator.forget_identity', actor, null, null);
end $$;

grant execute on function
  may_try_identity(text), sign_in_with_identity(bytea, text, text, text, boolean, bytea, text, text),
  refuse_identity(text, text, text), unbind_identity(text, text, text, uuid)
  to holdpoint_server;
