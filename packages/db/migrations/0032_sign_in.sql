-- How a person comes in, and what ends it. Of every secret only a SHA-256 hash is kept: whoever reads these tables can
-- sign in as nobody. Agents reach none of this, and the server none of the hashes.

create table sign_in_links (
  link_hash bytea primary key check (length(link_hash) = 32),
  operator text not null references operators,
  made_by text not null,
  made_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  used_at timestamptz
);

create table operator_sessions (
  session_id uuid primary key default gen_random_uuid(),
  token_hash bytea not null unique check (length(token_hash) = 32),
  operator text not null references operators,
  method text not null check (method in ('link', 'password', 'oidc')),
  user_agent text,
  address text,
  began_at timestamptz not null default clock_timestamp(),
  last_seen_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null default clock_timestamp() + interval '30 days',
  ended_at timestamptz,
  ended_by text
);
create index sessions_by_operator on operator_sessions (operator) where ended_at is null;

-- One that nobody used for a week is over, too.
create function is_live(s operator_sessions) returns boolean
language sql stable as $$
  select s.ended_at is null and s.expires_at > clock_timestamp() and s.last_seen_at > clock_timestamp() - interval '7 days'
$$;

-- Whose secrets these are, of sessions and of tokens: asked for each request, and again and again for open streams.
create function callers_of(hashes bytea[])
returns table (secret bytea, kind text, id text, actor text, roles text[], scopes text[], agents text[])
language sql stable security definer set search_path from current as $$
  select s.token_hash, 'session', s.session_id::text, 'operator:' || o.name, o.roles, scopes_of(o.roles), o.agents
    from operator_sessions s join operators o on o.name = s.operator
    where s.token_hash = any (hashes) and o.disabled_at is null and is_live(s)
  union all
  select t.token_hash, 'token', t.name, 'token:' || t.name, '{}', may.scopes, may.agents
    from api_tokens t, powers_of('token:' || t.name) may where t.token_hash = any (hashes)
$$;

-- Bookkeeping, no act: when a session or a token was last used, to the minute.
create function note_seen(hashes bytea[]) returns void
language sql security definer set search_path from current as $$
  update operator_sessions set last_seen_at = clock_timestamp()
    where token_hash = any (hashes) and ended_at is null and last_seen_at < clock_timestamp() - interval '1 minute';
  update api_tokens set last_used_at = clock_timestamp()
    where token_hash = any (hashes) and revoked_at is null
      and (last_used_at is null or last_used_at < clock_timestamp() - interval '1 minute');
$$;

-- The caller has made sure that it is this person. What ended long ago is forgotten; the log keeps it.
create function begin_session(person text, how text, session_hash bytea, agent text, address text) returns void
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

-- Of 20 links for one person the newest are kept, so that nobody can fill the table by asking.
create function make_sign_in_link(link_hash bytea, person text, hours integer, actor text) returns void
language plpgsql security definer set search_path from current as $$
begin
  perform check_actor(actor, null);
  if not exists (select from operators where name = person and disabled_at is null) then
    raise exception 'there is nobody named "%" who may sign in: nothing was done', person using errcode = 'HP031';
  end if;
  insert into sign_in_links (link_hash, operator, made_by, expires_at)
    values (make_sign_in_link.link_hash, person, actor, clock_timestamp() + least(hours, 720) * interval '1 hour')
    on conflict do nothing;
  delete from sign_in_links where operator = person and sign_in_links.link_hash not in (
    select l.link_hash from sign_in_links l where l.operator = person order by l.made_at desc limit 20);
  perform audit_person(person, 'operator.link', actor, null, jsonb_build_object('hours', least(hours, 720)));
end $$;

-- A link signs in once, and again for ten minutes: browsers fetch ahead, and people click twice. Returns the person,
-- and whether this was the first time; no row when the link is not good.
create function use_sign_in_link(link_hash bytea, session_hash bytea, agent text, address text)
returns table (person text, first boolean)
language plpgsql security definer set search_path from current as $$
declare
  l sign_in_links;
begin
  perform assert_operator();
  select k.* into l from sign_in_links k join operators o on o.name = k.operator
    where k.link_hash = use_sign_in_link.link_hash and o.disabled_at is null for update of k;
  if not found or (l.used_at is null and l.expires_at < clock_timestamp())
    or l.used_at < clock_timestamp() - interval '10 minutes' then return; end if;
  update sign_in_links k set used_at = coalesce(k.used_at, clock_timestamp()) where k.link_hash = l.link_hash;
  perform begin_session(l.operator, 'link', session_hash, agent, use_sign_in_link.address);
  return query select l.operator, l.used_at is null;
end $$;

-- Ends one session: one's own, or, for an administrator, anybody's. Open streams end with it.
create function end_sign_in(session uuid, actor text) returns void
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
create function end_sign_ins(person text, actor text, but uuid default null) returns integer
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

-- Nobody is removed: the log names them. Their sessions end, their links and tokens are no longer good.
create function disable_operator(person text, actor text, why text default null) returns void
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

create function enable_operator(person text, actor text) returns void
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

create function make_token(token text, token_hash bytea, scopes text[], agents text[], expires_at timestamptz, actor text)
returns void
language plpgsql security definer set search_path from current as $$
declare
  maker text := case when actor like 'operator:%' then substr(actor, 10) end;
begin
  perform check_actor(actor, null);
  if not make_token.scopes <@ (select may.scopes from powers_of(actor) may) and not is_administrator() then
    raise exception 'a token may not do more than the one who makes it: nothing was done' using errcode = 'HP030';
  end if;
  insert into api_tokens (name, token_hash, scopes, agents, made_by, expires_at)
    values (token, make_token.token_hash, make_token.scopes, make_token.agents, maker, make_token.expires_at)
    on conflict (name) do nothing;
  if not found then
    raise exception 'there is, or was, a token named "%": nothing was done', token using errcode = 'HP015',
      hint = 'The log names tokens, so a name is given once. Choose another.';
  end if;
  insert into agent_audit_log (action, target_table, target_row_id, data_after, data_timestamp, actor)
    values ('token.make', 'api_tokens', token, jsonb_build_object('scopes', make_token.scopes, 'agents', make_token.agents,
      'expiresAt', make_token.expires_at), clock_timestamp(), actor);
end $$;

create function revoke_token(token text, actor text) returns void
language plpgsql security definer set search_path from current as $$
begin
  perform check_actor(actor, null);
  -- First the row: a token that revokes itself is judged by what it is now.
  insert into agent_audit_log (action, target_table, target_row_id, data_timestamp, actor)
    values ('token.revoke', 'api_tokens', token, clock_timestamp(), actor);
  update api_tokens set revoked_at = clock_timestamp(), revoked_by = actor where name = token and revoked_at is null;
  if not found then
    raise exception 'there is no token "%" that could be revoked: nothing was done', token using errcode = 'HP015';
  end if;
end $$;

grant select (session_id, operator, method, user_agent, address, began_at, last_seen_at, expires_at, ended_at, ended_by)
  on operator_sessions to holdpoint_server;
grant execute on function callers_of(bytea[]), note_seen(bytea[]), make_sign_in_link(bytea, text, integer, text),
  use_sign_in_link(bytea, bytea, text, text), end_sign_in(uuid, text), end_sign_ins(text, text, uuid),
  disable_operator(text, text, text), enable_operator(text, text),
  make_token(text, bytea, text[], text[], timestamptz, text), revoke_token(text, text)
  to holdpoint_server;
