-- A request must not wait for people who are not there: it could be handed on within a group until too few were left to
-- fill it, others could be asked who may not answer it, and a policy could need more people than it names.

-- Whether so many different people fill every group, each standing for one: any choice of groups has as many as it needs.
create function fills(groups jsonb, people text[]) returns boolean
language sql immutable as $$
  select coalesce(bool_and(
      (select count(distinct p) from unnest(people) p where exists (select from jsonb_array_elements(groups) with ordinality g(it, n)
        where choice >> (n - 1)::integer & 1 = 1 and (not it ? 'members' or it -> 'members' ? p)))
      >= (select sum((it ->> 'count')::integer) from jsonb_array_elements(groups) with ordinality g(it, n)
        where choice >> (n - 1)::integer & 1 = 1)), false)
    from generate_series(1, (1 << jsonb_array_length(groups)) - 1) choice
$$;

-- As before, by that.
create or replace function quorum_met(approval uuid) returns boolean
language sql stable as $$
  select fills(coalesce(q.quorum, '[{"count": 1}]'), array(
      select v.person from approval_votes v where v.approval_id = approval and v.vote = 'approve' and v.digest = coalesce(q.digest, '')
        and vote_void_since(v.person, v.actor, v.voted_at) is null))
    from approval_queue q where q.approval_id = approval
$$;

-- As before; groups that name their members name enough of them, nobody counted twice.
create or replace function check_quorum(quorum jsonb) returns void
language plpgsql immutable as $$
declare
  named jsonb;
begin
  if quorum is null then return; end if;
  if jsonb_typeof(quorum) <> 'array' or jsonb_array_length(quorum) not between 1 and 5 or exists (
      select from jsonb_array_elements(quorum) g
      where jsonb_typeof(g) <> 'object' or g - '{name,count,members}'::text[] <> '{}'
        or coalesce(jsonb_typeof(g -> 'name'), '') <> 'string' or char_length(g ->> 'name') not between 1 and 100
        or coalesce(jsonb_typeof(g -> 'count'), '') <> 'number' or (g ->> 'count') !~ '^([1-9]|10)$'
        or g ? 'members' and (jsonb_typeof(g -> 'members') <> 'array' or jsonb_array_length(g -> 'members') not between 1 and 100
          or jsonb_path_exists(g, 'strict $.members[*] ? (@.type() != "string")'))) then
    raise exception 'a quorum is a list of 1 to 5 groups {name, count, members?}: nothing was done' using errcode = 'HP010';
  end if;
  named := jsonb_path_query_array(quorum, '$[*] ? (exists (@.members))');
  if named <> '[]' and not fills(named, array(select jsonb_array_elements_text(g -> 'members') from jsonb_array_elements(named) g)) then
    raise exception 'the groups name too few people to fill them all: nothing was done' using errcode = 'HP010',
      hint = 'Each person stands for one group, once.';
  end if;
end $$;

-- Whether those who may answer it now, and whose yes counts, are enough for it.
create function could_be_met(q approval_queue) returns boolean
language sql stable as $$
  select fills(coalesce(q.quorum, '[{"count": 1}]'), array(
      select e.p from (select 'operator:' || o.name from operators o
        union select jsonb_array_elements_text(g -> 'members') from jsonb_array_elements(q.quorum) g) e(p)
      where person_of(e.p) = e.p and bar_to_part(q, e.p) is null and bar_to_act(e.p, 'approval.answer', w.agent_id) is null
        and not exists (select from approval_votes v where v.approval_id = q.approval_id and v.person = e.p
          and v.digest = coalesce(q.digest, '') and vote_void_since(v.person, v.actor, v.voted_at) is not null)))
    from workflow_checkpoints w where w.workflow_id = q.workflow_id
$$;

-- As before; nobody's part goes to someone who has one already, where too few would be left.
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
  if could and not could_be_met(q) then
    raise exception 'too few would be left to say yes to this: nothing was done' using errcode = 'HP031',
      hint = format('%s is asked already, and nobody counts twice: hand it to somebody else.', taker);
  end if;
  return pass_on(q, actor, 'delegated', why, was);
end $$;

-- As before; whoever is asked by name can say yes to it, as it then stands.
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
  other := (select p from unnest(people) p where bar_to_vote(q, p, 'approve', coalesce(q.digest, '')) is not null limit 1);
  if by_name and other is not null then
    raise exception '% could not say yes to this: nothing was done', other using errcode = 'HP031',
      hint = 'They are behind it, have answered it, or are nobody''s hand: ask somebody else.';
  end if;
  return pass_on(q, actor, 'escalated', why, was);
end $$;

-- As before; the log says who had handed it on, too.
create or replace function expire_approval(q approval_queue) returns void
language plpgsql as $$
declare
  closes boolean := q.on_expiry = 'reject';
  words text := 'nobody decided by ' || shown_time(q.expires_at);
  step jsonb := case when q.on_expiry = 'escalate' then q.escalation -> q.escalated end;
  was jsonb := jsonb_build_object('assignees', q.assignees, 'quorum', q.quorum, 'expiresAt', q.expires_at, 'handedOn', q.handed_on);
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

-- Whether an open request waits for more people than there are: an administrator asks others, or somebody says no.
create function lacks_people(approval uuid) returns boolean
language sql stable security definer set search_path from current as $$
  select why_settled(q) is null and not could_be_met(q) from approval_queue q where q.approval_id = approval
$$;

grant execute on function lacks_people(uuid) to holdpoint_server;
