-- Those who may answer an open request change: it is handed to one person, or others are asked beside.

-- Nobody hands on what they have answered, nor a part that they have not: answered | behind | handed | others.
create or replace function bar_to_hand_on(q approval_queue, giver text) returns text
language sql stable as $$
  select case
    when exists (select from approval_votes v where v.approval_id = q.approval_id and v.person = giver) then 'answered'
    else bar_to_part(q, giver)
  end
$$;

-- Whom the policy does not name is asked by someone who has a part in it, or by an administrator. One person lends one
-- part: where their groups need several people of those they name, whom they ask would stand beside them for another.
create or replace function may_name_others(q approval_queue, actor text) returns boolean
language sql stable as $$
  select exists (select from powers_of(actor) may where 'administer' = any (may.scopes))
    or bar_to_part(q, person_of(actor)) is null
      and (select coalesce(sum((g ->> 'count')::integer), 0) from jsonb_array_elements(q.quorum) g
        where g -> 'members' ? person_of(actor)) <= 1
$$;

-- A request that is handed to someone who cannot answer it would wait for nobody: whoever is asked by name is a person or a
-- token that may answer it now. Those whom a policy names were chosen by an administrator.
create or replace function assert_may_answer(q approval_queue, people text[]) returns void
language plpgsql stable as $$
declare
  agent text := (select w.agent_id from workflow_checkpoints w where w.workflow_id = q.workflow_id);
  other text := (select p from unnest(people) p where bar_to_act(p, 'approval.answer', agent) is not null limit 1);
begin
  if other is not null then
    raise exception '% may not answer this: nothing was done', left(other, 200) using errcode = 'HP031',
      hint = 'Ask a person whom Holdpoint knows, written as in operator:ana, who may decide for this agent.';
  end if;
end $$;

-- One person hands their part to another, who then stands for the same groups; the taker, who may be somebody that
-- handed it on earlier, has one again. Nobody hands on what they have answered, and nobody's part goes to someone who
-- has one already, where too few would be left.
create or replace function delegate_approval(approval uuid, actor text, person text, why text default null, seen integer default null)
returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  q approval_queue;
  was jsonb;
  could boolean;
  giver text := person_of(actor);
  taker text := person_of(person);
begin
  perform check_actor(actor, why), check_text('the person', person, 200);
  q := answerable_approval(approval, seen);
  was := jsonb_build_object('assignees', q.assignees, 'quorum', q.quorum, 'handedOn', q.handed_on);
  could := could_be_met(q);
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
    when 'others' then raise exception '% is not among those who are asked: nothing was done', giver using errcode = 'HP021';
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
  if could and not could_be_met(q) then
    raise exception 'too few would be left to say yes to this: nothing was done' using errcode = 'HP031',
      hint = format('%s is asked already, and nobody counts twice: hand it to somebody else.', taker);
  end if;
  return pass_on(q, actor, 'delegated', why, was);
end $$;

-- Others are asked as well: `people`, or those of the policy's next step. It never approves. `giver`: they stand only
-- for the groups that this person stands for. Whoever is asked anew may answer again, except by their own hand: asker.
create or replace function ask_others(q approval_queue, people text[], until timestamptz, steps integer, giver text default null,
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

-- Others are asked at once. Whom the policy does not name is asked by someone who is asked, for their own groups, or
-- by an administrator; nobody names themselves, and whoever is asked by name can say yes to it, as it then stands.
create or replace function escalate_approval(approval uuid, actor text, people text[] default null, why text default null,
  seen integer default null) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  q approval_queue;
  step jsonb;
  was jsonb;
  giver text;
  other text;
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
      raise exception '% cannot name others for this: nothing was done', person_of(actor) using errcode = 'HP021',
        hint = bar_words(coalesce(bar_to_part(q, person_of(actor)), 'several parts'), actor);
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
  other := (select p from unnest(people) p where bar_to_vote(q, p, 'approve', coalesce(q.digest, '')) is not null limit 1);
  if by_name and other is not null then
    raise exception '% could not say yes to this: nothing was done', other using errcode = 'HP031',
      hint = 'They are behind it, have answered it, or are nobody''s hand: ask somebody else.';
  end if;
  return pass_on(q, actor, 'escalated', why, was);
end $$;

-- Those who may answer an open request have changed: the event says whom it waits for now, and the log who gave their
-- part away.
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

grant execute on function
  delegate_approval(uuid, text, text, text, integer), escalate_approval(uuid, text, text[], text, integer)
  to holdpoint_server;
