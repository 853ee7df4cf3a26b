-- Others who are asked by hand are asked beside the steps of the policy: whom it names is asked at the deadline all the same.

drop function ask_others(approval_queue, text[], timestamptz, text);
create function ask_others(q approval_queue, people text[], until timestamptz, steps integer, giver text default null) returns approval_queue
language plpgsql as $$
begin
  update approval_queue set version = version + 1, escalated = escalated + steps, assignees = people, expires_at = until,
      quorum = (select jsonb_agg(case when it ? 'members' and (giver is null or it -> 'members' ? giver)
        then jsonb_set(it, '{members}', (select jsonb_agg(distinct m)
        from jsonb_array_elements((it -> 'members') || to_jsonb(people)) m)) else it end order by n)
        from jsonb_array_elements(quorum) with ordinality g(it, n))
    where approval_id = q.approval_id returning * into q;
  return q;
end $$;

create or replace function expire_approval(q approval_queue) returns void
language plpgsql as $$
declare
  closes boolean := q.on_expiry = 'reject';
  words text := 'nobody decided by ' || shown_time(q.expires_at);
  step jsonb := case when q.on_expiry = 'escalate' then q.escalation -> q.escalated end;
  was jsonb := jsonb_build_object('assignees', q.assignees, 'quorum', q.quorum, 'expiresAt', q.expires_at);
begin
  if step is not null then
    q := ask_others(q, array(select jsonb_array_elements_text(step -> 'to')),
      clock_timestamp() + make_interval(secs => (step ->> 'afterS')::integer), 1);
    perform pass_on(q, 'holdpoint', 'escalated', words, was);
    return;
  end if;
  update approval_queue set expired_at = clock_timestamp(), version = version + 1,
      closed_at = case when closes then clock_timestamp() end, closed_why = case when closes then 'expired: ' || words end
    where approval_id = q.approval_id;
  if closes then
    update run_holds set cleared_at = clock_timestamp(), cleared_by = 'holdpoint', cleared_why = words
      where approval_id = q.approval_id and cleared_at is null;
  else
    update run_holds set stop_reason = 'APPROVAL_EXPIRED', why = words where approval_id = q.approval_id and cleared_at is null;
  end if;
  perform settle_run(q.workflow_id, jsonb_build_object('kind', case when closes then 'approval.expired' else 'approval.overdue' end,
    'actor', 'holdpoint', 'detail', jsonb_build_object('approvalId', q.approval_id, 'why', words)),
    null, case when closes then 'rejected' end);
  perform audit_approval(q, 'holdpoint', 'approval.expired', jsonb_build_object('decision', null),
    jsonb_build_object('onExpiry', q.on_expiry, 'expiresAt', q.expires_at));
  perform wake_workers(q.workflow_id);
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
  q := ask_others(q, people, case when by_name then q.expires_at
    else greatest(q.expires_at, clock_timestamp() + make_interval(secs => (step ->> 'afterS')::integer)) end,
    case when by_name then 0 else 1 end, giver);
  return pass_on(q, actor, 'escalated', why, was);
end $$;
