-- Two things that a yes cannot see: that nobody has looked for a long time, and that the world has moved since. And one
-- that it must: that a token is the hand of the person who made it.

-- The person behind an actor.
create function person_of(actor text) returns text
language sql stable as $$
  select coalesce((select 'operator:' || t.made_by from api_tokens t
    where actor like 'token:%' and t.name = substr(actor, 7) and t.made_by is not null), actor)
$$;

alter table approval_votes add column person text;
alter table approval_votes disable trigger votes_are_kept;
update approval_votes set person = person_of(actor);
alter table approval_votes enable trigger votes_are_kept, alter column person set not null;
-- Never the same person twice, by whichever hand.
create unique index one_vote_per_person on approval_votes (approval_id, person, digest);

-- As before, of the person.
create or replace function quorum_met(approval uuid) returns boolean
language sql stable as $$
  with q as (
    select coalesce(quorum, '[{"count": 1}]') as groups, coalesce(digest, '') as digest
    from approval_queue where approval_id = approval
  ), voters as (
    select v.person from approval_votes v, q where v.approval_id = approval and v.vote = 'approve' and v.digest = q.digest
  )
  select coalesce(bool_and(
      (select count(*) from voters where exists (select from jsonb_array_elements(q.groups) with ordinality g(it, n)
        where choice >> (n - 1)::integer & 1 = 1 and (not it ? 'members' or it -> 'members' ? voters.person)))
      >= (select sum((it ->> 'count')::integer) from jsonb_array_elements(q.groups) with ordinality g(it, n)
        where choice >> (n - 1)::integer & 1 = 1)), false)
    from q, generate_series(1, (1 << jsonb_array_length(q.groups)) - 1) choice
$$;

create or replace function guard_vote() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  q approval_queue;
begin
  new.person := person_of(new.actor);
  select * into q from approval_queue where approval_id = new.approval_id;
  if q.four_eyes and is_behind(q, new.person) then
    raise exception '% is behind this request, and does not answer it: nothing was done', new.person using errcode = 'HP022';
  end if;
  if exists (select from approval_votes v where v.approval_id = new.approval_id and v.person = new.person and v.digest = new.digest) then
    raise exception '% has answered this already: nothing was done', new.person using errcode = 'HP022';
  end if;
  if new.vote = 'approve' and q.quorum is not null and not exists (
      select from jsonb_array_elements(q.quorum) g where not g ? 'members' or g -> 'members' ? new.person) then
    raise exception '% is none of those who are asked: nothing was done', new.person using errcode = 'HP021';
  end if;
  return new;
end $$;

-- One person hands their part to another, who then stands for the same groups. Nobody hands on what they have answered.
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
  if exists (select from approval_votes v where v.approval_id = approval and v.person in (giver, taker)) then
    raise exception 'one of you has answered this already: nothing was done' using errcode = 'HP022';
  end if;
  if q.quorum is not null and not exists (select from jsonb_array_elements(q.quorum) g where not g ? 'members' or g -> 'members' ? giver) then
    raise exception '% is none of those who are asked: nothing was done', giver using errcode = 'HP021';
  end if;
  update approval_queue set version = version + 1, assignees = array_remove(array_remove(assignees, giver), taker) || taker,
      quorum = (select jsonb_agg(case when it -> 'members' ? giver
        then jsonb_set(it, '{members}', (it -> 'members') - giver - taker || to_jsonb(taker)) else it end order by n)
        from jsonb_array_elements(quorum) with ordinality g(it, n))
    where approval_id = approval returning * into q;
  return pass_on(q, actor, 'delegated', why, was);
end $$;

-- When a person last looked at a run or did something with it, and at which step that was.
alter table workflow_checkpoints
  add column looked_at timestamptz,
  add column looked_by text,
  add column looked_steps integer not null default 0;

-- Is this someone, and not the agent, a plain login or Holdpoint itself?
create function is_someone(actor text) returns boolean
language sql immutable as $$ select actor is not null and actor !~ '^(holdpoint$|agent:|login:)' $$;

-- Status and stop reason follow from the open holds; this is the one place that says how. Writes one event. As before,
-- and whoever does something with a run has looked at it.
create or replace function settle_run(run uuid, hint jsonb, control_now jsonb default null, resume_as text default null)
returns workflow_checkpoints
language plpgsql as $$
declare
  r workflow_checkpoints;
  top run_holds := top_hold(run);
  kinds text[];
  back_to text;
  next_status text;
  someone boolean := is_someone(hint ->> 'actor');
begin
  select * into r from workflow_checkpoints where workflow_id = run;
  select coalesce(array_agg(k.kind order by hold_rank(k.kind)), '{}') into kinds
    from (select distinct h.kind from run_holds h where h.workflow_id = run and h.cleared_at is null) k;
  back_to := next_resume_to(r, resume_as);
  next_status := case
    when r.status = 'lost' then 'lost'
    when cardinality(kinds) > 0 or (back_to = 'rejected' and r.status = 'paused') then 'paused'
    when r.status = 'paused' and coalesce(back_to, 'running') = 'running' and r.worker is null and r.engine <> 'sql'
      then 'queued'
    when r.status = 'paused' then coalesce(back_to, 'running')
    else r.status
  end;
  update workflow_checkpoints set
    status = next_status,
    held_by = kinds,
    bound_tools = array(select distinct q.tool from approval_queue q where q.workflow_id = run and q.tool is not null
      and q.kind = 'action' and (q.decision is not null or q.expired_at is not null)),
    looked_at = case when someone then clock_timestamp() else looked_at end,
    looked_by = case when someone then hint ->> 'actor' else looked_by end,
    looked_steps = case when someone then steps else looked_steps end,
    resume_to = case when next_status = 'paused' then back_to end,
    paused_at = case when next_status = 'paused' and status <> 'paused' then clock_timestamp() else paused_at end,
    resumed_at = case when next_status = 'running' and status <> 'running' then clock_timestamp() else resumed_at end,
    stop_reason = case
      when next_status = 'lost' then stop_reason
      when next_status <> 'paused' then null
      when cardinality(kinds) = 0 then last_no(run)
      else top.stop_reason end,
    stop_detail = case
      when next_status = 'lost' then stop_detail
      when next_status <> 'paused' then null
      when cardinality(kinds) = 0 then hint -> 'detail' ->> 'why'
      else top.why end,
    control = coalesce(control_now, control),
    event_hint = jsonb_set(hint - 'otherwise', '{kind}', to_jsonb(coalesce(hint ->> 'kind',
      case when next_status <> status then 'run.' || next_status end, hint ->> 'otherwise', 'run.progress')))
  where workflow_id = run returning * into r;
  return r;
end $$;

-- A person has looked at a run: its check-in counts from now on. Once a minute is enough to say so.
create function look_at_run(run uuid, actor text) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  r workflow_checkpoints;
begin
  perform check_actor(actor, null);
  r := lock_run(run);
  if is_final(r.status) or r.looked_by = actor and r.looked_at > clock_timestamp() - interval '1 minute' then
    return run_state(r);
  end if;
  update workflow_checkpoints set looked_at = clock_timestamp(), looked_by = actor, looked_steps = steps,
      event_hint = jsonb_build_object('kind', 'run.looked', 'actor', actor)
    where workflow_id = run returning * into r;
  perform audit_operator(r, actor, 'run.look', null, jsonb_build_object('steps', r.steps));
  return run_state(r);
end $$;

-- Why a check-in is due under a policy, in words; null: it is not.
create function check_in_due(r workflow_checkpoints, p approval_policies) returns text
language sql stable as $$
  select case
    when coalesce(r.looked_at, r.created_at) + make_interval(secs => (p.check_in_hours * 3600)::double precision) <= clock_timestamp()
      then format('nobody has looked for %s hours', trim_scale(p.check_in_hours))
    when r.steps - r.looked_steps >= p.check_in_steps then format('nobody has looked for %s steps', r.steps - r.looked_steps)
  end
$$;

-- The supervisor's part: holds the runs whose check-in is due, `most` a call; returns how many. Resuming a run is a look.
create function hold_for_check_in(most integer default 200) returns integer
language plpgsql security definer set search_path from current as $$
declare
  due record;
  r workflow_checkpoints;
  done integer := 0;
begin
  perform assert_operator();
  for due in
    select w.workflow_id, p.policy_id, p.version from approval_policies p join workflow_checkpoints w
      on w.status in ('queued', 'running', 'approved') and (p.agent_id is null or p.agent_id = w.agent_id)
        and (p.skill is null or p.skill = w.skill)
    where p.current and (p.check_in_hours is not null or p.check_in_steps is not null) and check_in_due(w, p) is not null
    limit most
  loop
    select * into r from workflow_checkpoints where workflow_id = due.workflow_id for no key update skip locked;
    continue when not found or r.status not in ('queued', 'running', 'approved');
    perform hold_at_gate(r.workflow_id, 'check_in', 'CHECK_IN_DUE', check_in_due(r, p))
      from approval_policies p where p.policy_id = due.policy_id and p.version = due.version and check_in_due(r, p) is not null;
    if found then
      perform audit_operator(r, 'holdpoint', 'run.check_in', null, jsonb_build_object('policy', due.policy_id, 'version', due.version));
      done := done + 1;
    end if;
  end loop;
  return done;
end $$;

-- Has one row that an action read changed since? {table: 'schema.table', key: {column: value}, expect: {column: value}} or
-- {table, key, absent: true}; null: it is as it was. SECURITY INVOKER on purpose: what is read here is read with the
-- rights of whoever calls, row security included. Names and values go in quoted.
create function moved(precondition jsonb) returns text
language plpgsql set search_path from current as $$
declare
  tab regclass;
  found_rows bigint;
  as_read bigint;
  absent boolean := coalesce((precondition ->> 'absent')::boolean, false);
begin
  if jsonb_typeof(precondition) is distinct from 'object' or precondition - '{table,key,expect,absent}'::text[] <> '{}'
      or coalesce(precondition ->> 'table', '') !~ '^[^.]+\.[^.]+$' or jsonb_typeof(precondition -> 'key') is distinct from 'object'
      or precondition -> 'key' = '{}' or absent = (precondition ? 'expect')
      or precondition ? 'expect' and (jsonb_typeof(precondition -> 'expect') <> 'object' or precondition -> 'expect' = '{}')
      or jsonb_path_exists(precondition, 'strict $.key.* ? (@.type() == "object" || @.type() == "array" || @.type() == "null")')
      or jsonb_path_exists(precondition, 'strict $.expect.* ? (@.type() == "object" || @.type() == "array")', silent => true) then
    raise exception 'a precondition is {table: schema.table, key: {column: value}, expect: {column: value} | absent: true}: nothing was written'
      using errcode = 'HP010';
  end if;
  tab := (precondition ->> 'table')::regclass;
  execute format('select count(*), count(*) filter (where %s) from (select * %s from %s where %s limit 2) read',
    coalesce((select string_agg(format('read.%I is not distinct from %L', case e.key when 'xmin' then 'row_xmin' else e.key end, e.value), ' and ')
      from jsonb_each_text(precondition -> 'expect') e), 'true'),
    case when precondition -> 'expect' ? 'xmin' then ', xmin as row_xmin' else '' end,
    tab,
    (select string_agg(format('%I = %L', k.key, k.value), ' and ') from jsonb_each_text(precondition -> 'key') k))
    into found_rows, as_read;
  return case
    when absent and found_rows > 0 then format('%s has a row that was not there', precondition ->> 'table')
    when absent or found_rows = 1 and as_read = 1 then null
    when found_rows = 0 then format('%s has no such row any more', precondition ->> 'table')
    when found_rows > 1 then format('%s has more than one row of that key', precondition ->> 'table')
    else format('%s has changed since it was read', precondition ->> 'table')
  end;
end $$;

-- Writes down that an action did not begin because the world had moved. Returns the gate's answer.
create function refuse_drift(run uuid, caller_epoch integer, call jsonb, why text) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  r workflow_checkpoints := lock_own_run(run);
  no jsonb := refusal(r, caller_epoch);
  a actions;
begin
  if no is not null then return no; end if;
  perform check_text('why', why, 2000);
  a.tool := left(call ->> 'tool', 200);
  a.target := left(call ->> 'target', 1000);
  a.step := left(call ->> 'step', 500);
  return note_refusal(run, a, call - 'approval', denied('STATE_DRIFT', why)) || '{"errorClass": "state_drift"}';
end $$;

-- The gate for a call that names what it read: `preconditions`, at most 20. They are read in the transaction that lets the
-- action begin, after its run is locked, with the caller's own rights; where one fails, nothing of it stays: no action,
-- no use of an approval. begin_action is still the only gate.
create function begin_action_checked(run uuid, caller_epoch integer, call jsonb) returns jsonb
language plpgsql set search_path from current as $$
declare
  answer jsonb;
  why text;
begin
  if jsonb_typeof(call -> 'preconditions') is distinct from 'array' or jsonb_array_length(call -> 'preconditions') not between 1 and 20 then
    raise exception 'preconditions are a list of 1 to 20: nothing was written' using errcode = 'HP010';
  end if;
  begin
    answer := begin_action(run, caller_epoch, call - 'preconditions');
    if answer ->> 'decision' = 'allow' then
      select string_agg(m, '; ') into why from jsonb_array_elements(call -> 'preconditions') p, moved(p) m where m is not null;
      if why is not null then raise exception 'the world moved: %', why using errcode = 'HP025'; end if;
    end if;
    return answer;
  exception when sqlstate 'HP025' then
    return refuse_drift(run, caller_epoch, call - 'preconditions', why);
  end;
end $$;

grant execute on function begin_action_checked(uuid, integer, jsonb), moved(jsonb), refuse_drift(uuid, integer, jsonb, text)
  to agent_worker;
grant execute on function look_at_run(uuid, text), hold_for_check_in(integer) to holdpoint_server;
