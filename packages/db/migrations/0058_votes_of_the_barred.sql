-- A yes that outlived the right to give it: of someone who lost the role or the agent since, and of a token that was revoked.

-- When someone was last kept from answers that they could give before; it stays when they are let in again.
alter table operators rename column disabled_last_at to barred_last_at;

-- Fewer agents count as well: what a person may not do today, they would not be asked for today.
create function loses_answers(before operators, after operators) returns boolean
language sql immutable as $$
  select after.disabled_at is not null and before.disabled_at is null
    or 'decide' = any (scopes_of(before.roles)) and not 'decide' = any (scopes_of(after.roles))
    or after.agents is not null and (before.agents is null or not before.agents <@ after.agents)
$$;

create function note_barring() returns trigger
language plpgsql as $$
begin
  new.barred_last_at := clock_timestamp();
  return new;
end $$;
drop trigger note_disabling on operators;
drop function note_disabling();
create trigger note_barring before update on operators for each row when (loses_answers(old, new)) execute function note_barring();

drop function vote_void_since(text, timestamptz) cascade;
-- Since when a vote that was given then is void; null: it counts. Whoever is let in again may have been somebody else for a
-- while, so what was said before does not come back.
create function vote_void_since(voter text, caster text, given timestamptz) returns timestamptz
language sql stable as $$
  select least(
    (select o.barred_last_at from operators o where voter = 'operator:' || o.name and o.barred_last_at >= given),
    (select t.revoked_at from api_tokens t where caster = 'token:' || t.name and t.revoked_at >= given))
$$;

create or replace function quorum_met(approval uuid) returns boolean
language sql stable as $$
  with q as (
    select coalesce(quorum, '[{"count": 1}]') as groups, coalesce(digest, '') as digest
    from approval_queue where approval_id = approval
  ), voters as (
    select v.person from approval_votes v, q where v.approval_id = approval and v.vote = 'approve' and v.digest = q.digest
      and vote_void_since(v.person, v.actor, v.voted_at) is null
  )
  select coalesce(bool_and(
      (select count(*) from voters where exists (select from jsonb_array_elements(q.groups) with ordinality g(it, n)
        where choice >> (n - 1)::integer & 1 = 1 and (not it ? 'members' or it -> 'members' ? voters.person)))
      >= (select sum((it ->> 'count')::integer) from jsonb_array_elements(q.groups) with ordinality g(it, n)
        where choice >> (n - 1)::integer & 1 = 1)), false)
    from q, generate_series(1, (1 << jsonb_array_length(q.groups)) - 1) choice
$$;

-- As before; a token that is being revoked is waited for, too.
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
    when 'answered' then raise exception '% has answered this already: nothing was done', new.person using errcode = 'HP022';
    when 'others' then raise exception '% is none of those who are asked: nothing was done', new.person using errcode = 'HP021';
    when 'machine' then raise exception 'several people are asked, and % is nobody''s: nothing was done', new.person
      using errcode = 'HP021';
    else return new;
  end case;
end $$;

grant execute on function vote_void_since(text, text, timestamptz) to holdpoint_server;
