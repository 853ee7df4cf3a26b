-- A decision is made of votes: whose count, and whether they are enough.

-- Is this someone, and not the agent, a plain login or Holdpoint itself?
create or replace function is_someone(actor text) returns boolean
language sql immutable as $$ select actor is not null and actor !~ '^(holdpoint$|agent:|login:)' $$;

-- The people behind a request, who do not answer it.
create or replace function is_behind(q approval_queue, person text) returns boolean
language sql stable as $$
  select person in (q.requested_by, 'operator:' || q.requested_by)
    or exists (select from agent_logins l join workflow_checkpoints w on w.workflow_id = q.workflow_id
      where (l.agent_id = w.agent_id or l.login = q.requested_login) and l.owner = person)
$$;

-- Four eyes, and who may stand for a group. A no is anyone's who may decide. Whatever is being done to the person or
-- the token is waited for: what writes the log's row then asks what they may do.
create or replace function guard_vote() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  q approval_queue;
begin
  new.person := person_of(new.actor);
  perform from operators o where new.person = 'operator:' || o.name for share;
  perform from api_tokens t where new.actor = 'token:' || t.name for share;
  new.voted_at := clock_timestamp();
  select * into q from approval_queue where approval_id = new.approval_id;
  case bar_to_vote(q, new.person, new.vote, new.digest)
    when 'behind' then raise exception '% is behind this request, and does not answer it: nothing was done', new.person
      using errcode = 'HP022';
    when 'handed' then raise exception '% has handed this on, and does not answer it: nothing was done', new.person
      using errcode = 'HP021', hint = 'It can be handed back, or an administrator can ask them again.';
    when 'answered' then raise exception '% has answered this already: nothing was done', new.person using errcode = 'HP022';
    when 'others' then raise exception '% is not among those who are asked: nothing was done', new.person using errcode = 'HP021';
    when 'machine' then raise exception 'several people are asked, and % is nobody''s: nothing was done', new.person
      using errcode = 'HP021';
    else return new;
  end case;
end $$;

-- Since when a vote that was given then is void; null: it counts. Whoever is let in again may have been somebody else for a
-- while, so what was said before does not come back.
create or replace function vote_void_since(voter text, caster text, given timestamptz) returns timestamptz
language sql stable as $$
  select least(
    (select o.barred_last_at from operators o where voter = 'operator:' || o.name and o.barred_last_at >= given),
    (select case when t.revoked_at >= given then t.revoked_at else t.made_at end from api_tokens t
      where caster = 'token:' || t.name and (t.revoked_at >= given or t.made_at > given)))
$$;

-- Whether so many different people fill every group, each standing for one: any choice of groups has as many as it needs.
create or replace function fills(groups jsonb, people text[]) returns boolean
language sql immutable as $$
  select coalesce(bool_and(
      (select count(distinct p) from unnest(people) p where exists (select from jsonb_array_elements(groups) with ordinality g(it, n)
        where choice >> (n - 1)::integer & 1 = 1 and (not it ? 'members' or it -> 'members' ? p)))
      >= (select sum((it ->> 'count')::integer) from jsonb_array_elements(groups) with ordinality g(it, n)
        where choice >> (n - 1)::integer & 1 = 1)), false)
    from generate_series(1, (1 << jsonb_array_length(groups)) - 1) choice
$$;

-- Is the quorum met by those who said yes to the request as it is now, and whose word still counts? Never by the same
-- person twice (Hall's condition), nor by whoever was named as its agent's owner since. What was decided before stays decided: a quorum is only asked for then.
create or replace function quorum_met(approval uuid) returns boolean
language sql stable as $$
  select fills(coalesce(q.quorum, '[{"count": 1}]'), array(
      select v.person from approval_votes v where v.approval_id = approval and v.vote = 'approve' and v.digest = coalesce(q.digest, '')
        and vote_void_since(v.person, v.actor, v.voted_at) is null and not (q.four_eyes and is_behind(q, v.person))))
    from approval_queue q where q.approval_id = approval
$$;

-- Several people must agree.
create or replace function needs_several(quorum jsonb) returns boolean
language sql immutable as $$
  select (select sum((g ->> 'count')::integer) from jsonb_array_elements(coalesce(quorum, '[{"count": 1}]')) g) > 1
$$;

-- Whether a yes of this person would count for some group.
create or replace function is_asked(quorum jsonb, person text) returns boolean
language sql immutable as $$
  select quorum is null or exists (select from jsonb_array_elements(quorum) g where not g ? 'members' or g -> 'members' ? person)
$$;

grant execute on function vote_void_since(text, text, timestamptz), is_behind(approval_queue, text) to holdpoint_server;
