-- To hand a request on is to give one's part away. Until now whoever did could still answer where no group named its
-- members, so that one person could stand for two.

-- Those who handed it on, and to whom it was not handed back since.
alter table approval_queue add column handed_on text[] not null default '{}';

-- What bars a person from a part in the request that others could be given: behind | handed | others.
create function bar_to_part(q approval_queue, person text) returns text
language sql stable as $$
  select case
    when q.four_eyes and is_behind(q, person) then 'behind'
    when person = any (q.handed_on) then 'handed'
    when not is_asked(q.quorum, person) then 'others'
  end
$$;

-- As before, and whoever handed it on has no vote, be it a yes or a no.
create or replace function bar_to_vote(q approval_queue, person text, vote text, of_digest text) returns text
language sql stable as $$
  select case
    when q.four_eyes and is_behind(q, person) then 'behind'
    when person = any (q.handed_on) then 'handed'
    when exists (select from approval_votes v
      where v.approval_id = q.approval_id and v.person = bar_to_vote.person and v.digest = of_digest) then 'answered'
    when vote = 'approve' and not is_asked(q.quorum, person) then 'others'
    when vote = 'approve' and person like 'token:%' and needs_several(q.quorum)
      and not jsonb_path_exists(q.quorum, '$[*].members[*] ? (@ == $person)', jsonb_build_object('person', person)) then 'machine'
  end
$$;

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
    when 'others' then raise exception '% is none of those who are asked: nothing was done', new.person using errcode = 'HP021';
    when 'machine' then raise exception 'several people are asked, and % is nobody''s: nothing was done', new.person
      using errcode = 'HP021';
    else return new;
  end case;
end $$;

-- Nobody hands on what they have answered, nor a part that they have not: answered | behind | handed | others.
create or replace function bar_to_hand_on(q approval_queue, giver text) returns text
language sql stable as $$
  select case
    when exists (select from approval_votes v where v.approval_id = q.approval_id and v.person = giver) then 'answered'
    else bar_to_part(q, giver)
  end
$$;

-- Whom the policy does not name is asked by someone who has a part in it, or by an administrator.
create or replace function may_name_others(q approval_queue, actor text) returns boolean
language sql stable as $$
  select bar_to_part(q, person_of(actor)) is null
    or exists (select from powers_of(actor) may where 'administer' = any (may.scopes))
$$;

-- As before; the giver keeps no part, and the taker, who may be somebody that handed it on earlier, has one again.
create or replace function delegate_approval(approval uuid, actor text, person text, why text default null, seen integer default null)
returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  q approval_queue;
  was jsonb;
  giver text := person_of(actor);
  taker text := person_of(person);
begin
  perform check_actor(actor, why), check_text('the person', person, 200);
  q := answerable_approval(approval, seen);
  was := jsonb_build_object('assignees', q.assignees, 'quorum', q.quorum, 'handedOn', q.handed_on);
  if coalesce(taker, '') !~ '^\S+:\S' or taker = giver then
    raise exception 'a request is handed to another person, as in operator:ana: nothing was done' using errcode = 'HP010';
  end if;
  perform assert_may_answer(q, array[taker]);
  if q.four_eyes and is_behind(q, taker) then
    raise exception '% is behind this request, and does not answer it: nothing was done', taker using errcode = 'HP022';
  end if;
  if bar_to_hand_on(q, giver) = 'answered' or exists (select from approval_votes v where v.approval_id = approval and v.person = taker) then
    raise exception 'one of you has answered this already: nothing was done' using errcode = 'HP022';
  end if;
  case bar_to_hand_on(q, giver)
    when 'behind' then raise exception '% is behind this request, and has no part to hand on: nothing was done', giver
      using errcode = 'HP022';
    when 'handed' then raise exception '% has handed this on already: nothing was done', giver using errcode = 'HP021';
    when 'others' then raise exception '% is none of those who are asked: nothing was done', giver using errcode = 'HP021';
    else null;
  end case;
  update approval_queue set version = version + 1, assignees = array_remove(array_remove(assignees, giver), taker) || taker,
      handed_on = array_remove(handed_on, taker) || giver,
      quorum = (select jsonb_agg(case when it -> 'members' ? giver
        then jsonb_set(it, '{members}', (it -> 'members') - giver - taker || to_jsonb(taker)) else it end order by n)
        from jsonb_array_elements(quorum) with ordinality g(it, n))
    where approval_id = approval returning * into q;
  -- The one it is handed to can answer it, as it then stands: else it would wait for nobody.
  if bar_to_vote(q, taker, 'approve', coalesce(q.digest, '')) is not null then
    raise exception '% could not say yes to this: nothing was done', taker using errcode = 'HP031',
      hint = 'Several people are asked: hand it to a person, written as in operator:ana.';
  end if;
  return pass_on(q, actor, 'delegated', why, was);
end $$;

drop function ask_others(approval_queue, text[], timestamptz, integer, text);
-- As before; whoever is asked anew may answer again, except by their own hand: asker.
create function ask_others(q approval_queue, people text[], until timestamptz, steps integer, giver text default null,
  asker text default null) returns approval_queue
language plpgsql as $$
begin
  update approval_queue set version = version + 1, escalated = escalated + steps, assignees = people, expires_at = until,
      handed_on = array(select h from unnest(handed_on) h where h <> all (people) or h = asker),
      quorum = (select jsonb_agg(case when it ? 'members' and (giver is null or it -> 'members' ? giver)
        then jsonb_set(it, '{members}', (select jsonb_agg(distinct m)
        from jsonb_array_elements((it -> 'members') || to_jsonb(people)) m)) else it end order by n)
        from jsonb_array_elements(quorum) with ordinality g(it, n))
    where approval_id = q.approval_id returning * into q;
  return q;
end $$;

create or replace function escalate_approval(approval uuid, actor text, people text[] default null, why text default null,
  seen integer default null) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  q approval_queue;
  step jsonb;
  was jsonb;
  giver text;
  by_name boolean := people is not null;
begin
  perform check_actor(actor, why), check_size('the people', to_jsonb(people), 8192);
  q := answerable_approval(approval, seen);
  was := jsonb_build_object('assignees', q.assignees, 'quorum', q.quorum, 'expiresAt', q.expires_at, 'handedOn', q.handed_on);
  step := q.escalation -> q.escalated;
  if people is not null then
    people := array(select distinct person_of(p) from unnest(people) p);
    if person_of(actor) = any (people) then
      raise exception '% does not ask themselves: nothing was done', person_of(actor) using errcode = 'HP021';
    end if;
    if not may_name_others(q, actor) then
      raise exception '% is none of those who are asked: nothing was done', person_of(actor) using errcode = 'HP021';
    end if;
    -- They stand for the groups of whoever asks them; an administrator's word is for all.
    if not exists (select from powers_of(actor) may where 'administer' = any (may.scopes)) then giver := person_of(actor); end if;
    if giver is not null and people && q.handed_on then
      raise exception 'one of them has handed this on: nothing was done' using errcode = 'HP021',
        hint = 'It can be handed back to them, or an administrator can ask them again.';
    end if;
  end if;
  people := coalesce(people, array(select jsonb_array_elements_text(step -> 'to')));
  if cardinality(people) not between 1 and 20 or exists (select from unnest(people) p where coalesce(p, '') !~ '^\S+:\S') then
    raise exception 'name the people to ask, as in operator:ana: nothing was done' using errcode = 'HP010';
  end if;
  if by_name then perform assert_may_answer(q, people); end if;
  q := ask_others(q, people, case when by_name then q.expires_at
    else greatest(q.expires_at, clock_timestamp() + make_interval(secs => (step ->> 'afterS')::integer)) end,
    case when by_name then 0 else 1 end, giver, person_of(actor));
  return pass_on(q, actor, 'escalated', why, was);
end $$;

-- As before; the event says whom it waits for now, and the log who gave their part away.
create or replace function pass_on(q approval_queue, actor text, change text, why text, was jsonb) returns jsonb
language plpgsql as $$
declare
  r workflow_checkpoints;
begin
  r := settle_run(q.workflow_id, jsonb_build_object('kind', 'approval.changed', 'actor', actor, 'detail',
    jsonb_strip_nulls(jsonb_build_object('approvalId', q.approval_id, 'change', change, 'to', to_jsonb(q.assignees), 'why', why))));
  perform audit_approval(q, actor, 'approval.' || change, was, jsonb_strip_nulls(jsonb_build_object('assignees', q.assignees,
    'quorum', q.quorum, 'expiresAt', q.expires_at, 'handedOn', q.handed_on, 'why', why)));
  return run_state(r);
end $$;

-- The sentence for a word.
create or replace function bar_words(bar text, actor text) returns text
language sql stable as $$
  select case bar
    when 'nobody' then 'You may not act here any more.'
    when 'scope' then 'You may look; to decide takes a reviewer.'
    when 'agent' then format('You may look; you may act on %s only.', (select array_to_string(may.agents, ', ') from powers_of(actor) may))
    when 'behind' then 'You are behind this request: someone else answers it.'
    when 'handed' then 'You have handed it on: someone else answers it, unless it is handed back to you.'
    when 'answered' then 'You have answered it, and it waits for others: nobody counts twice.'
    when 'others' then 'You are none of those who are asked.'
    when 'machine' then 'Several people are asked, and this token is nobody''s.'
    when 'tool' then 'Only a yes to a tool can stand for more.'
    when 'several' then 'What needs several people is answered for itself alone.'
  end
$$;

-- As before, by those words.
create or replace function why_not(q approval_queue, actor text, answer text) returns text
language plpgsql stable as $$
declare
  who text := person_of(actor);
  bar text;
begin
  if why_settled(q) is not null then return why_settled(q); end if;
  select bar_to_act(actor, 'approval.answer', w.agent_id) into bar from workflow_checkpoints w where w.workflow_id = q.workflow_id;
  if bar is not null then return bar_words(bar, actor); end if;
  if answer = 'extend' then return null; end if;
  if q.expired_at is not null or q.expires_at <= clock_timestamp() then
    return 'It has expired: it needs more time before it can be answered.';
  end if;
  if answer = 'delegate' then return bar_words(bar_to_hand_on(q, who), actor); end if;
  if answer = 'escalate' then
    return case when q.escalation -> q.escalated is null and not may_name_others(q, actor) then bar_words(bar_to_part(q, who), actor) end;
  end if;
  if answer = 'edit' and not has_arguments(q) then return 'It names no arguments to edit.'; end if;
  if not allows(q, case answer when 'further' then 'approve' else answer end) then return 'It does not allow this answer.'; end if;
  -- A yes to other arguments is another vote than the one that was given.
  bar := bar_to_vote(q, who, case answer when 'reject' then 'reject' else 'approve' end,
    case when answer <> 'edit' then coalesce(q.digest, '') end);
  if bar is null and answer = 'further' then bar := bar_to_further(q); end if;
  return bar_words(bar, actor);
end $$;
