-- Tokens of scripts and of the CLI.

-- A token that makes a token makes it for the same person, and it ends with them.
create or replace function make_token(token text, token_hash bytea, scopes text[], agents text[], expires_at timestamptz, actor text)
returns void
language plpgsql security definer set search_path from current as $$
declare
  who text := person_of(actor);
  maker text := case when who like 'operator:%' then substr(who, 10) end;
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
  perform audit_act(null, actor, 'token.make', 'api_tokens', token, null, jsonb_build_object('scopes', make_token.scopes,
    'agents', make_token.agents, 'expiresAt', make_token.expires_at));
end $$;

create or replace function revoke_token(token text, actor text) returns void
language plpgsql security definer set search_path from current as $$
begin
  perform check_actor(actor, null);
  -- First the row: a token that revokes itself is judged by what it is now.
  perform audit_act(null, actor, 'token.revoke', 'api_tokens', token, null, null);
  update api_tokens set revoked_at = clock_timestamp(), revoked_by = actor where name = token and revoked_at is null;
  if not found then
    raise exception 'there is no token "%" that could be revoked: nothing was done', token using errcode = 'HP015';
  end if;
end $$;

grant execute on function
  make_token(text, bytea, text[], text[], timestamptz, text), revoke_token(text, text)
  to holdpoint_server;
