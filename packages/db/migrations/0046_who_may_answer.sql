-- Who may answer is one rule, asked twice: beforehand, for the screen, and by what refuses the act. Each function here says
-- what stands in the way as a word, or null; the refusals and the sentences are made of those words.

-- Whether a yes of this person would count for some group.
create function is_asked(quorum jsonb, person text) returns boolean
language sql immutable as $$
  select quorum is null or exists (select from jsonb_array_elements(quorum) g where not g ? 'members' or g -> 'members' ? person)
$$;

-- Several people must agree.
create function needs_several(quorum jsonb) returns boolean
language sql immutable as $$
  select (select sum((g ->> 'count')::integer) from jsonb_array_elements(coalesce(quorum, '[{"count": 1}]')) g) > 1
$$;

-- What bars an actor from an act on an agent: nobody | scope | agent.
create function bar_to_act(actor text, act text, agent text) returns text
language plpgsql stable as $$
declare
  needed text := scope_needed(act);
  may record;
begin
  select * into may from powers_of(actor);
  return case
    when not found then 'nobody'
    when not needed = any (may.scopes) then 'scope'
    when needed <> 'read' and may.agents is not null and act not like 'view.%' and not coalesce(agent = any (may.agents), false)
      then 'agent'
  end;
end $$;

-- What bars a person's vote on the request as it stands: behind | answered | others | machine. A no is anyone's who may decide.
create function bar_to_vote(q approval_queue, person text, vote text, of_digest text) returns text
language sql stable as $$
  select case
    when q.four_eyes and is_behind(q, person) then 'behind'
    when exists (select from approval_votes v
      where v.approval_id = q.approval_id and v.person = bar_to_vote.person and v.digest = of_digest) then 'answered'
    when vote = 'approve' and not is_asked(q.quorum, person) then 'others'
    when vote = 'approve' and person like 'token:%' and needs_several(q.quorum)
      and not jsonb_path_exists(q.quorum, '$[*].members[*] ? (@ == $person)', jsonb_build_object('person', person)) then 'machine'
  end
$$;

-- As before, by those words.
create or replace function authorize_act() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  -- What Holdpoint does by itself is named so by the functions that do it: check_actor takes no such name from a caller.
  if is_administrator() or new.actor in ('holdpoint', 'holdpoint:sign-in') then return new; end if;
  case bar_to_act(new.actor, new.action, new.agent_id)
    when 'nobody' then raise exception 'nobody named % may act here: nothing was done', new.actor using errcode = 'HP030';
    when 'scope' then raise exception 'this needs the scope "%", which % does not have: nothing was done',
      scope_needed(new.action), new.actor using errcode = 'HP030';
    when 'agent' then raise exception 'this takes someone who may command %, which % may not: nothing was done',
      coalesce('agent "' || new.agent_id || '"', 'every agent'), new.actor
      using errcode = 'HP030', hint = 'Ask someone who may act on this agent.';
    else return new;
  end case;
end $$;

-- As before, by those words.
create or replace function guard_vote() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  q approval_queue;
begin
  new.person := person_of(new.actor);
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

-- The answers that a request may be settled with.
create function allows(q approval_queue, answer text) returns boolean
language sql immutable as $$ select coalesce(answer = any (q.allowed), true) $$;

create function has_arguments(q approval_queue) returns boolean
language sql immutable as $$ select q.tool is not null and q.arguments is not null $$;

create or replace function check_answer(q approval_queue, verdict text, edited jsonb) returns void
language plpgsql as $$
declare
  answer text := case when verdict = 'rejected' then 'reject' when edited is null then 'approve' else 'edit' end;
begin
  if verdict is null or verdict not in ('approved', 'rejected') then
    raise exception 'a decision is approved or rejected, not "%": nothing was done', verdict using errcode = 'HP010';
  end if;
  if edited is not null and (verdict <> 'approved' or not has_arguments(q)) then
    raise exception 'only arguments that were named can be edited, with a yes: nothing was done' using errcode = 'HP010';
  end if;
  if not allows(q, answer) then
    raise exception 'approval % allows %, not %: nothing was done', q.approval_id, array_to_string(q.allowed, ', '), answer
      using errcode = 'HP021';
  end if;
  perform check_size('arguments', edited, 262144);
end $$;

-- What bars a yes from standing for calls to come: tool | several.
create function bar_to_further(q approval_queue) returns text
language sql immutable as $$
  select case
    when q.kind <> 'action' or q.tool is null then 'tool'
    -- One person cannot say for later what several must say now.
    when needs_several(q.quorum) then 'several'
  end
$$;

create or replace function check_further(q approval_queue, verdict text, further jsonb) returns void
language plpgsql stable as $$
begin
  if further is null then return; end if;
  if jsonb_typeof(further) <> 'object' or further - '{scope,condition,target,maxUses,until}'::text[] <> '{}'
      or coalesce(further ->> 'scope', '') not in ('run', 'agent')
      or further ->> 'scope' = 'agent' and (coalesce(further ->> 'condition', '') = '' or not further ? 'maxUses' or not further ? 'until') then
    raise exception 'a rule is {scope: run | agent, condition, target, maxUses, until}; for an agent it needs all but target: nothing was done'
      using errcode = 'HP010';
  end if;
  if verdict <> 'approved' or bar_to_further(q) = 'tool' then
    raise exception 'only a yes to a tool can stand for more: nothing was done' using errcode = 'HP010';
  end if;
  if bar_to_further(q) = 'several' then
    raise exception 'a request that needs several people is answered for itself alone: nothing was done' using errcode = 'HP021';
  end if;
  perform check_condition(further ->> 'condition'), check_text('target', further ->> 'target', 1000);
  if (further ->> 'until')::timestamptz not between clock_timestamp() and clock_timestamp() + interval '90 days' then
    raise exception 'a rule ends within 90 days: nothing was done' using errcode = 'HP010';
  end if;
end $$;

-- Nobody hands on what they have answered, nor a part that they have not: answered | others.
create function bar_to_hand_on(q approval_queue, giver text) returns text
language sql stable as $$
  select case
    when exists (select from approval_votes v where v.approval_id = q.approval_id and v.person = giver) then 'answered'
    when not is_asked(q.quorum, giver) then 'others'
  end
$$;

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

-- Whom the policy does not name is asked by someone who is asked, or by an administrator.
create function may_name_others(q approval_queue, actor text) returns boolean
language sql stable as $$
  select is_asked(q.quorum, person_of(actor)) or exists (select from powers_of(actor) may where 'administer' = any (may.scopes))
$$;

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
  q := ask_others(q, people, case when step is null then q.expires_at
    else greatest(q.expires_at, clock_timestamp() + make_interval(secs => (step ->> 'afterS')::integer)) end, giver);
  return pass_on(q, actor, 'escalated', why, was);
end $$;

-- Why this request takes no answer of anyone now, in a sentence; null: it does.
create function why_settled(q approval_queue) returns text
language sql stable as $$
  select case
    when q.approval_id is null then 'There is no such request.'
    when q.decision is not null then format('It was %s by %s.', q.decision, q.decided_by)
    when q.closed_at is not null and q.expired_at is not null then 'It has expired, and is closed.'
    when q.closed_at is not null then format('It closed without a decision: %s.', q.closed_why)
  end
$$;

-- The sentence for a word.
create function bar_words(bar text, actor text) returns text
language sql stable as $$
  select case bar
    when 'nobody' then 'You may not act here any more.'
    when 'scope' then 'You may look; to decide takes a reviewer.'
    when 'agent' then format('You may look; you may act on %s only.', (select array_to_string(may.agents, ', ') from powers_of(actor) may))
    when 'behind' then 'You are behind this request: someone else answers it.'
    when 'answered' then 'You have answered it, and it waits for others: nobody counts twice.'
    when 'others' then 'You are none of those who are asked.'
    when 'machine' then 'Several people are asked, and this token is nobody''s.'
    when 'tool' then 'Only a yes to a tool can stand for more.'
    when 'several' then 'What needs several people is answered for itself alone.'
  end
$$;

-- Why this actor would not be heard with an answer (approve | edit | reject | further | delegate | escalate | extend) to
-- the request as it stands, in a sentence; null: they would. What acts asks again.
create function why_not(q approval_queue, actor text, answer text) returns text
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
    return case when q.escalation -> q.escalated is null and not may_name_others(q, actor) then bar_words('others', actor) end;
  end if;
  if answer = 'edit' and not has_arguments(q) then return 'It names no arguments to edit.'; end if;
  if not allows(q, case answer when 'further' then 'approve' else answer end) then return 'It does not allow this answer.'; end if;
  -- A yes to other arguments is another vote than the one that was given.
  bar := bar_to_vote(q, who, case answer when 'reject' then 'reject' else 'approve' end,
    case when answer <> 'edit' then coalesce(q.digest, '') end);
  if bar is null and answer = 'further' then bar := bar_to_further(q); end if;
  return bar_words(bar, actor);
end $$;

-- Each answer that there is, and why this actor may not give it; null: they may.
create function answers_of(approval uuid, actor text) returns jsonb
language sql stable security definer set search_path from current as $$
  select jsonb_object_agg(answer, why_not(q, actor, answer))
  from approval_queue q, unnest('{approve,edit,reject,further,delegate,escalate,extend}'::text[]) answer
  where q.approval_id = approval
$$;

-- As before, by the same rule, for many that are answered together.
create or replace function why_not_answer(approval uuid, actor text, verdict text) returns text
language plpgsql stable security definer set search_path from current as $$
declare
  q approval_queue;
begin
  select * into q from approval_queue where approval_id = approval;
  return coalesce(why_settled(q), case when q.kind = 'output' then 'An output is graded one by one.' end,
    why_not(q, actor, case verdict when 'rejected' then 'reject' else 'approve' end));
end $$;

grant execute on function answers_of(uuid, text) to holdpoint_server;
