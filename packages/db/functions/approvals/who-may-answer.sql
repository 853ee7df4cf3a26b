-- Who may answer is one rule, asked twice: beforehand, for the screen, and by what refuses the act. Each function here
-- says what stands in the way as a word, or null; the refusals and the sentences are made of those words.

-- What bars a person from a part in the request that others could be given: behind | handed | others.
create or replace function bar_to_part(q approval_queue, person text) returns text
language sql stable as $$
  select case
    when q.four_eyes and is_behind(q, person) then 'behind'
    when person = any (q.handed_on) then 'handed'
    when not is_asked(q.quorum, person) then 'others'
  end
$$;

-- What bars a person's vote on the request as it stands: behind | handed | answered | others | machine. A no is
-- anyone's who may decide and has not handed it on. Where several people are asked, a token with nobody behind it
-- counts only in a group that names it.
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
    when 'others' then 'You are not among those who are asked.'
    when 'several parts' then 'Your group needs several: an administrator asks others, or you hand your own part on.'
    when 'machine' then 'Several people are asked, and this token is nobody''s.'
    when 'tool' then 'Only a yes to a tool can stand for more.'
    when 'several' then 'What needs several people is answered for itself alone.'
  end
$$;

-- Why this request takes no answer of anyone now, in a sentence; null: it does.
create or replace function why_settled(q approval_queue) returns text
language sql stable as $$
  select case
    when q.approval_id is null then 'There is no such request.'
    when q.decision is not null then format('It was %s by %s.', q.decision, q.decided_by)
    when q.closed_at is not null and q.expired_at is not null then 'It has expired, and is closed.'
    when q.closed_at is not null then format('It closed without a decision: %s.', q.closed_why)
  end
$$;

-- Why this actor would not be heard with an answer (approve | edit | reject | further | delegate | escalate | extend)
-- to the request as it stands, in a sentence; null: they would. What acts asks again.
create or replace function why_not(q approval_queue, actor text, answer text) returns text
language plpgsql stable as $$
declare
  who text := person_of(actor);
  bar text;
begin
  if why_settled(q) is not null then return why_settled(q); end if;
  select bar_to_act(actor, 'approval.answer', w.agent_id) into bar from workflow_checkpoints w where w.workflow_id = q.workflow_id;
  if bar is not null then return bar_words(bar, actor); end if;
  if answer = 'extend' then return bar_words(case when who = any (q.handed_on) then 'handed' end, actor); end if;
  if q.expired_at is not null or q.expires_at <= clock_timestamp() then
    return 'It has expired: it needs more time before it can be answered.';
  end if;
  if answer = 'delegate' then return bar_words(bar_to_hand_on(q, who), actor); end if;
  if answer = 'escalate' then
    return case when q.escalation -> q.escalated is null and not may_name_others(q, actor)
      then bar_words(coalesce(bar_to_part(q, who), 'several parts'), actor) end;
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
create or replace function answers_of(approval uuid, actor text) returns jsonb
language sql stable security definer set search_path from current as $$
  select jsonb_object_agg(answer, why_not(q, actor, answer))
  from approval_queue q, unnest('{approve,edit,reject,further,delegate,escalate,extend}'::text[]) answer
  where q.approval_id = approval
$$;

-- Why this person would not be heard on this request now, in words; null: they would. For many that are answered
-- together; what decides asks again.
create or replace function why_not_answer(approval uuid, actor text, verdict text) returns text
language plpgsql stable security definer set search_path from current as $$
declare
  q approval_queue;
begin
  select * into q from approval_queue where approval_id = approval;
  return coalesce(why_settled(q), case when q.kind = 'output' then 'An output is graded one by one.' end,
    why_not(q, actor, case verdict when 'rejected' then 'reject' else 'approve' end));
end $$;

grant execute on function answers_of(uuid, text), why_not_answer(uuid, text, text) to holdpoint_server;
