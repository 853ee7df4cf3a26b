-- Several people are several people: a token is its maker's hand however many tokens lie between, the machine's own is
-- nobody's, and who is asked is not widened by someone who is not asked.

-- As before; a token that makes a token makes it for the same person, and it ends with them.
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
  insert into agent_audit_log (action, target_table, target_row_id, data_after, data_timestamp, actor)
    values ('token.make', 'api_tokens', token, jsonb_build_object('scopes', make_token.scopes, 'agents', make_token.agents,
      'expiresAt', make_token.expires_at), clock_timestamp(), actor);
end $$;

-- Those that were made so before, the earliest first.
do $$
declare
  made record;
begin
  for made in
    select t.name, l.actor from api_tokens t
    join agent_audit_log l on l.action = 'token.make' and l.target_row_id = t.name and l.actor like 'token:%'
    where t.made_by is null order by t.made_at
  loop
    update api_tokens set made_by = substr(person_of(made.actor), 10)
      where name = made.name and person_of(made.actor) like 'operator:%';
  end loop;
end $$;

-- As before; where several people are asked, a token with nobody behind it counts only in a group that names it.
create or replace function guard_vote() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  q approval_queue;
begin
  new.person := person_of(new.actor);
  select * into q from approval_queue where approval_id = new.approval_id;
  if q.four_eyes and is_behind(q, new.person) then
    raise exception '% is behind this request, and does not answer it: nothing was done', new.person using errcode = 'HP022';
  end if;
  if exists (select from approval_votes v where v.approval_id = new.approval_id and v.person = new.person and v.digest = new.digest) then
    raise exception '% has answered this already: nothing was done', new.person using errcode = 'HP022';
  end if;
  if new.vote = 'approve' and q.quorum is not null and not exists (
      select from jsonb_array_elements(q.quorum) g where not g ? 'members' or g -> 'members' ? new.person) then
    raise exception '% is none of those who are asked: nothing was done', new.person using errcode = 'HP021';
  end if;
  if new.vote = 'approve' and new.person like 'token:%' and (select sum((g ->> 'count')::integer) from jsonb_array_elements(q.quorum) g) > 1
      and not jsonb_path_exists(q.quorum, '$[*].members[*] ? (@ == $person)', jsonb_build_object('person', new.person)) then
    raise exception 'several people are asked, and % is nobody''s: nothing was done', new.person using errcode = 'HP021';
  end if;
  return new;
end $$;

drop function ask_others(approval_queue, text[], timestamptz);

-- Others are asked as well: `people`, or those of the policy's next step. It never approves. `giver`: they stand only
-- for the groups that this person stands for.
create function ask_others(q approval_queue, people text[], until timestamptz, giver text default null) returns approval_queue
language plpgsql as $$
begin
  update approval_queue set version = version + 1, escalated = escalated + 1, assignees = people, expires_at = until,
      quorum = (select jsonb_agg(case when it ? 'members' and (giver is null or it -> 'members' ? giver)
        then jsonb_set(it, '{members}', (select jsonb_agg(distinct m)
        from jsonb_array_elements((it -> 'members') || to_jsonb(people)) m)) else it end order by n)
        from jsonb_array_elements(quorum) with ordinality g(it, n))
    where approval_id = q.approval_id returning * into q;
  return q;
end $$;

-- As before; but people whom the policy does not name are asked by someone who is asked, for their own groups, or by an
-- administrator; and nobody names themselves.
create or replace function escalate_approval(approval uuid, actor text, people text[] default null, why text default null,
  seen integer default null) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  q approval_queue;
  step jsonb;
  was jsonb;
  giver text;
begin
  perform check_actor(actor, why), check_size('the people', to_jsonb(people), 8192);
  q := answerable_approval(approval, seen);
  was := jsonb_build_object('assignees', q.assignees, 'quorum', q.quorum, 'expiresAt', q.expires_at);
  step := q.escalation -> q.escalated;
  if people is not null then
    people := array(select distinct person_of(p) from unnest(people) p);
    if person_of(actor) = any (people) then
      raise exception '% does not ask themselves: nothing was done', person_of(actor) using errcode = 'HP021';
    end if;
    if q.quorum is not null and not exists (select from powers_of(actor) may where 'administer' = any (may.scopes)) then
      giver := person_of(actor);
      if not exists (select from jsonb_array_elements(q.quorum) g where not g ? 'members' or g -> 'members' ? giver) then
        raise exception '% is none of those who are asked: nothing was done', giver using errcode = 'HP021';
      end if;
    end if;
  end if;
  people := coalesce(people, array(select jsonb_array_elements_text(step -> 'to')));
  if cardinality(people) not between 1 and 20 or exists (select from unnest(people) p where coalesce(p, '') !~ '^\S+:\S') then
    raise exception 'name the people to ask, as in operator:ana: nothing was done' using errcode = 'HP010';
  end if;
  q := ask_others(q, people, case when step is null then q.expires_at
    else greatest(q.expires_at, clock_timestamp() + make_interval(secs => (step ->> 'afterS')::integer)) end, giver);
  return pass_on(q, actor, 'escalated', why, was);
end $$;
