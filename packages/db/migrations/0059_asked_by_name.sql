-- A request that is handed to someone who cannot answer it would wait for nobody: whoever is asked by name is a person or a
-- token that may answer it now. Those whom a policy names were chosen by an administrator.
create function assert_may_answer(q approval_queue, people text[]) returns void
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
  was := jsonb_build_object('assignees', q.assignees, 'quorum', q.quorum);
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
  if bar_to_hand_on(q, giver) = 'others' then
    raise exception '% is none of those who are asked: nothing was done', giver using errcode = 'HP021';
  end if;
  update approval_queue set version = version + 1, assignees = array_remove(array_remove(assignees, giver), taker) || taker,
      quorum = (select jsonb_agg(case when it -> 'members' ? giver
        then jsonb_set(it, '{members}', (it -> 'members') - giver - taker || to_jsonb(taker)) else it end order by n)
        from jsonb_array_elements(quorum) with ordinality g(it, n))
    where approval_id = approval returning * into q;
  return pass_on(q, actor, 'delegated', why, was);
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
  was := jsonb_build_object('assignees', q.assignees, 'quorum', q.quorum, 'expiresAt', q.expires_at);
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
  end if;
  people := coalesce(people, array(select jsonb_array_elements_text(step -> 'to')));
  if cardinality(people) not between 1 and 20 or exists (select from unnest(people) p where coalesce(p, '') !~ '^\S+:\S') then
    raise exception 'name the people to ask, as in operator:ana: nothing was done' using errcode = 'HP010';
  end if;
  if by_name then perform assert_may_answer(q, people); end if;
  q := ask_others(q, people, case when step is null then q.expires_at
    else greatest(q.expires_at, clock_timestamp() + make_interval(secs => (step ->> 'afterS')::integer)) end, giver);
  return pass_on(q, actor, 'escalated', why, was);
end $$;
