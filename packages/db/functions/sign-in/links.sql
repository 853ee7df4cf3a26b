-- Sign-in by a one-time link.

-- Of 20 links for one person the newest are kept, so that nobody can fill the table by asking.
create or replace function make_sign_in_link(link_hash bytea, person text, hours integer, actor text) returns void
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
create or replace function use_sign_in_link(link_hash bytea, session_hash bytea, agent text, address text)
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

grant execute on function
  make_sign_in_link(bytea, text, integer, text), use_sign_in_link(bytea, bytea, text, text)
  to holdpoint_server;
