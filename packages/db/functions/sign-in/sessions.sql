-- How a session begins and ends. Of every secret only a SHA-256 hash is kept: whoever reads these tables can sign in as
-- nobody. Agents reach none of this, and the server none of the hashes.

-- One that nobody used for a week is over, too.
create or replace function is_live(s operator_sessions) returns boolean
language sql stable as $$
  select s.ended_at is null and s.expires_at > clock_timestamp() and s.last_seen_at > clock_timestamp() - interval '7 days'
$$;

-- The caller has made sure that it is this person. What ended long ago is forgotten; the log keeps it.
create or replace function begin_session(person text, how text, session_hash bytea, agent text, address text) returns void
language plpgsql as $$
declare
  made uuid;
begin
  delete from operator_sessions where coalesce(ended_at, expires_at) < clock_timestamp() - interval '30 days';
  insert into operator_sessions (token_hash, operator, method, user_agent, address)
    values (session_hash, person, how, left(agent, 300), left(begin_session.address, 100)) returning session_id into made;
  perform audit_person(person, 'sign_in.begin', 'operator:' || person, null,
    jsonb_build_object('session', made, 'method', how, 'address', begin_session.address));
end $$;

-- Whose secrets these are, of sessions and of tokens: asked for each request, and again and again for open streams.
-- `person`: a token is the hand of whoever made it; the machine's own is nobody's.
create or replace function callers_of(hashes bytea[])
returns table (secret bytea, kind text, id text, actor text, person text, roles text[], scopes text[], agents text[])
language sql stable security definer set search_path from current as $$
  select s.token_hash, 'session', s.session_id::text, 'operator:' || o.name, 'operator:' || o.name, o.roles, scopes_of(o.roles),
      o.agents
    from operator_sessions s join operators o on o.name = s.operator
    where s.token_hash = any (hashes) and o.disabled_at is null and is_live(s)
  union all
  select t.token_hash, 'token', t.name, 'token:' || t.name, person_of('token:' || t.name), '{}', may.scopes, may.agents
    from api_tokens t, powers_of('token:' || t.name) may where t.token_hash = any (hashes)
$$;

-- Bookkeeping, no act: when a session or a token was last used, to the minute.
create or replace function note_seen(hashes bytea[]) returns void
language sql security definer set search_path from current as $$
  update operator_sessions set last_seen_at = clock_timestamp()
    where token_hash = any (hashes) and ended_at is null and last_seen_at < clock_timestamp() - interval '1 minute';
  update api_tokens set last_used_at = clock_timestamp()
    where token_hash = any (hashes) and revoked_at is null
      and (last_used_at is null or last_used_at < clock_timestamp() - interval '1 minute');
$$;

-- Ends one session: one's own, or, for an administrator, anybody's. Open streams end with it.
create or replace function end_sign_in(session uuid, actor text) returns void
language plpgsql security definer set search_path from current as $$
declare
  s operator_sessions;
begin
  perform check_actor(actor, null);
  update operator_sessions set ended_at = clock_timestamp(), ended_by = actor
    where session_id = session and ended_at is null returning * into s;
  if not found then
    raise exception 'there is no such session: nothing was done' using errcode = 'HP015', hint = 'It has ended already.';
  end if;
  perform audit_person(s.operator, case when actor = 'operator:' || s.operator then 'sign_in.end' else 'sign_in.revoke' end,
    actor, null, jsonb_build_object('session', session));
end $$;

-- Ends every session of a person but, where one is named, that one. Unused links to it go, too.
create or replace function end_sign_ins(person text, actor text, but uuid default null) returns integer
language plpgsql security definer set search_path from current as $$
declare
  ended integer;
begin
  perform check_actor(actor, null);
  update operator_sessions set ended_at = clock_timestamp(), ended_by = actor
    where operator = person and ended_at is null and session_id is distinct from but;
  get diagnostics ended = row_count;
  delete from sign_in_links where operator = person;
  perform audit_person(person, case when actor = 'operator:' || person then 'sign_in.end' else 'sign_in.revoke' end,
    actor, null, jsonb_build_object('sessions', ended));
  return ended;
end $$;

grant execute on function
  callers_of(bytea[]), note_seen(bytea[]), end_sign_in(uuid, text), end_sign_ins(text, text, uuid)
  to holdpoint_server;
