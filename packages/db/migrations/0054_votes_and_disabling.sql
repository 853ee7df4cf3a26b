-- A vote and the disabling of its person, at the same time: without an order between them a yes was written that seemed to
-- be younger than the disabling, and counted.

-- As before, after whatever is being done to the person: what writes the audit row then asks what they may do.
create or replace function guard_vote() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  q approval_queue;
begin
  new.person := person_of(new.actor);
  perform from operators o where new.person = 'operator:' || o.name for share;
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
