-- A decision is made of votes; the gate asks by itself where a policy says so; a yes may stand for more than one call, in
-- narrow bounds that are used up here.

-- A yes for calls that are still to come: for the rest of one run, or for an agent's calls of one tool that fulfil a
-- condition, so often and until then.
create table approval_rules (
  rule_id uuid primary key default gen_random_uuid(),
  agent_id text not null,
  workflow_id uuid,
  tool text not null,
  target text,
  condition text,
  max_uses integer check (max_uses between 1 and 1000),
  uses integer not null default 0,
  expires_at timestamptz,
  policy_id uuid,
  policy_version integer,
  approval_id uuid not null,
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  why text,
  revoked_by text,
  revoked_at timestamptz,
  check (uses >= 0 and (max_uses is null or uses <= max_uses)),
  check (workflow_id is not null or condition is not null and max_uses is not null and expires_at is not null),
  check ((revoked_by is null) = (revoked_at is null))
);
create index rules_in_force on approval_rules (agent_id, tool) where revoked_at is null;

-- Is the quorum met by those who said yes to the request as it is now? Never the same person twice: for each choice of
-- groups, those who may stand for one of them are as many as they need together (Hall's condition).
create function quorum_met(approval uuid) returns boolean
language sql stable as $$
  with q as (
    select coalesce(quorum, '[{"count": 1}]') as groups, coalesce(digest, '') as digest
    from approval_queue where approval_id = approval
  ), voters as (
    select v.actor from approval_votes v, q where v.approval_id = approval and v.vote = 'approve' and v.digest = q.digest
  )
  select coalesce(bool_and(
      (select count(*) from voters where exists (select from jsonb_array_elements(q.groups) with ordinality g(it, n)
        where choice >> (n - 1)::integer & 1 = 1 and (not it ? 'members' or it -> 'members' ? voters.actor)))
      >= (select sum((it ->> 'count')::integer) from jsonb_array_elements(q.groups) with ordinality g(it, n)
        where choice >> (n - 1)::integer & 1 = 1)), false)
    from q, generate_series(1, (1 << jsonb_array_length(q.groups)) - 1) choice
$$;

-- Four eyes, and who may stand for a group. A no is anyone's who may decide.
create function guard_vote() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  q approval_queue;
begin
  select * into q from approval_queue where approval_id = new.approval_id;
  if q.four_eyes and is_behind(q, new.actor) then
    raise exception '% is behind this request, and does not answer it: nothing was done', new.actor using errcode = 'HP022';
  end if;
  if exists (select from approval_votes v where v.approval_id = new.approval_id and v.actor = new.actor and v.digest = new.digest) then
    raise exception '% has answered this already: nothing was done', new.actor using errcode = 'HP022';
  end if;
  if new.vote = 'approve' and q.quorum is not null and not exists (
      select from jsonb_array_elements(q.quorum) g where not g ? 'members' or g -> 'members' ? new.actor) then
    raise exception '% is none of those who are asked: nothing was done', new.actor using errcode = 'HP021';
  end if;
  return new;
end $$;
create trigger guard_vote before insert on approval_votes for each row execute function guard_vote();

-- A rule that this call may use, with one of its uses; null: none. The run's row is locked before the rule's.
create function use_rule(r workflow_checkpoints, p approval_policies, called text, its_target text, args jsonb) returns text
language plpgsql as $$
declare
  rule uuid;
begin
  for rule in
    select u.rule_id from approval_rules u
    where u.agent_id = r.agent_id and u.tool = called and u.revoked_at is null
      and (u.workflow_id is null or u.workflow_id = r.workflow_id) and (u.expires_at is null or u.expires_at > clock_timestamp())
      and (u.max_uses is null or u.uses < u.max_uses)
      -- A yes under other rules is no yes under these.
      and (u.policy_id, u.policy_version) is not distinct from (p.policy_id, p.version)
      and (u.target is null or u.target is not distinct from its_target)
      and (u.condition is null or condition_holds(u.condition, args, its_target))
    order by u.created_at
  loop
    update approval_rules set uses = uses + 1
      where rule_id = rule and revoked_at is null and (max_uses is null or uses < max_uses)
        and (expires_at is null or expires_at > clock_timestamp());
    if found then return 'rule:' || rule; end if;
  end loop;
  return null;
end $$;

-- Who or what says yes to a call without asking anyone; null: somebody must be asked.
create function cleared_without_asking(r workflow_checkpoints, p approval_policies, called text, its_target text, args jsonb) returns text
language plpgsql as $$
begin
  if p.auto_approve is not null and condition_holds(p.auto_approve, args, its_target) then
    return format('policy:%s@%s', p.name, p.version);
  end if;
  return use_rule(r, p, called, its_target, args);
end $$;

-- A request, as before, under the policy that rules its call. Where that or a rule says yes, nobody is asked.
create or replace function guard_approval_request() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  r workflow_checkpoints;
  p approval_policies;
  said text := new.digest;
begin
  r := lock_run_to_write(new.workflow_id);
  if is_final(r.status) then perform raise_ended(r); end if;
  if not r.held_by <@ '{self,approval}' or r.status = 'lost' then perform raise_held(r); end if;
  if new.decision is not null then
    raise exception 'a request cannot carry its own decision: nothing was written' using errcode = 'HP004';
  end if;
  perform check_size('arguments', new.arguments, 262144), check_text('the reason', new.agent_reason, 4000),
    check_text('requested_by', new.requested_by, 200), check_text('tool', new.tool, 200), check_text('target', new.target, 1000),
    check_text('digest', new.digest, 200), check_size('the schema', new.arguments_schema, 65536),
    check_size('the consequence', new.consequence, 65536), check_size('assignees', to_jsonb(new.assignees), 16384);
  if new.tool is not null or new.arguments is not null then
    new.digest := digest_of(new.arguments);
    if said <> new.digest then
      raise exception 'the digest is not that of the arguments: nothing was written'
        using errcode = 'HP010', hint = 'It is the SHA-256 of their RFC 8785 form, in hex. Leave it out: it is worked out here.';
    end if;
  end if;
  new.requested_login := session_user;
  new.version := 1;
  new.original_arguments := null;
  new.original_digest := null;
  new.edited_by := null;
  new.decided_by := null;
  new.decided_at := null;
  new.decision_reason := null;
  new.expired_at := null;
  new.consumed_at := null;
  new.consumed_by := null;
  new.closed_at := null;

  p := policy_for(r.agent_id, r.skill, new.tool);
  new.policy_id := p.policy_id;
  new.policy_version := p.version;
  new.quorum := p.quorum;
  new.four_eyes := coalesce(p.four_eyes, true);
  new.escalation := p.escalation;
  new.escalated := 0;
  if p.expires_after_s is not null then
    new.expires_at := least(new.expires_at, clock_timestamp() + make_interval(secs => p.expires_after_s));
    new.on_expiry := p.on_expiry;
  end if;
  if new.assignees = '{}' and p.quorum is not null then
    new.assignees := array(select distinct m from jsonb_array_elements(p.quorum) g, jsonb_array_elements_text(g -> 'members') m);
  end if;
  if new.tool is not null and new.kind = 'action' and (new.expires_at is null or new.expires_at > clock_timestamp()) then
    new.decided_by := cleared_without_asking(r, p, new.tool, new.target, new.arguments);
    if new.decided_by is not null then
      new.decision := 'approved';
      new.decided_at := clock_timestamp();
    end if;
  end if;
  return new;
end $$;

create or replace function hold_for_approval() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  asked text := coalesce('asks to run ' || new.tool || coalesce(' on ' || left(new.target, 200), ''), 'asks for approval');
begin
  -- What held the run until its request came is answered by the request.
  update run_holds set cleared_at = clock_timestamp(), cleared_by = opened_by, cleared_why = 'its request arrived'
    where workflow_id = new.workflow_id and kind = 'self' and cleared_at is null;
  if new.decision is not null then
    perform settle_run(new.workflow_id, jsonb_build_object('kind', 'approval.decided', 'actor', 'holdpoint', 'detail',
      jsonb_strip_nulls(jsonb_build_object('approvalId', new.approval_id, 'decision', new.decision, 'why', 'by ' || new.decided_by,
        'tool', new.tool, 'target', left(new.target, 200)))), null, 'approved');
    perform audit_approval(new, 'holdpoint', 'approval.' || new.decision, jsonb_build_object('decision', null),
      jsonb_build_object('decision', new.decision, 'digest', new.digest, 'by', new.decided_by));
    return null;
  end if;
  insert into run_holds (workflow_id, kind, stop_reason, opened_by, why, approval_id)
    select new.workflow_id, 'approval', 'AWAITING_APPROVAL', 'agent:' || agent_id, asked, new.approval_id
    from workflow_checkpoints where workflow_id = new.workflow_id;
  perform settle_run(new.workflow_id, jsonb_build_object('kind', 'approval.requested', 'detail',
    jsonb_strip_nulls(jsonb_build_object('approvalId', new.approval_id, 'tool', new.tool, 'target', left(new.target, 200)))),
    null, 'approved');
  return null;
end $$;

-- As before; and the quorum is asked for again: no writer of any kind makes a yes of fewer votes.
create or replace function guard_approval_change() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  if not is_operator() and (new.decision, new.decided_by, new.decided_at, new.arguments, new.digest, new.version, new.quorum,
      new.four_eyes) is distinct from (old.decision, old.decided_by, old.decided_at, old.arguments, old.digest, old.version,
      old.quorum, old.four_eyes) then
    raise exception 'an agent cannot decide: nothing was written' using errcode = 'HP004';
  end if;
  if old.decision is not null and (new.decision, new.decided_by, new.tool, new.target, new.arguments, new.digest, new.expires_at,
      new.policy_id, new.policy_version) is distinct from (old.decision, old.decided_by, old.tool, old.target, old.arguments,
      old.digest, old.expires_at, old.policy_id, old.policy_version) then
    raise exception 'approval % was % by % already: nothing was written', old.approval_id, old.decision, old.decided_by
      using errcode = 'HP007';
  end if;
  if old.consumed_at is not null and (new.consumed_at, new.consumed_by) is distinct from (old.consumed_at, old.consumed_by) then
    raise exception 'approval % was used already: nothing was written', old.approval_id using errcode = 'HP007';
  end if;
  if old.closed_at is not null and new.decision is not null then
    raise exception 'approval % closed without a decision (%): nothing was written', old.approval_id, old.closed_why
      using errcode = 'HP008';
  end if;
  if new.decision is not null and old.decision is null and old.expires_at <= clock_timestamp() then
    raise exception 'approval % expired at %: nothing was written', old.approval_id, shown_time(old.expires_at)
      using errcode = 'HP019';
  end if;
  if new.decision = 'approved' and old.decision is null and not quorum_met(old.approval_id) then
    raise exception 'approval % has not the votes that it needs: nothing was written', old.approval_id using errcode = 'HP021';
  end if;
  return new;
end $$;

-- What a request may be answered with beyond itself: {scope: run | agent, condition?, target?, maxUses?, until?}.
create function check_further(q approval_queue, verdict text, further jsonb) returns void
language plpgsql stable as $$
begin
  if further is null then return; end if;
  if jsonb_typeof(further) <> 'object' or further - '{scope,condition,target,maxUses,until}'::text[] <> '{}'
      or coalesce(further ->> 'scope', '') not in ('run', 'agent')
      or further ->> 'scope' = 'agent' and (coalesce(further ->> 'condition', '') = '' or not further ? 'maxUses' or not further ? 'until') then
    raise exception 'a rule is {scope: run | agent, condition, target, maxUses, until}; for an agent it needs all but target: nothing was done'
      using errcode = 'HP010';
  end if;
  if verdict <> 'approved' or q.kind <> 'action' or q.tool is null then
    raise exception 'only a yes to a tool can stand for more: nothing was done' using errcode = 'HP010';
  end if;
  -- One person cannot say for later what several must say now.
  if (select sum((g ->> 'count')::integer) from jsonb_array_elements(coalesce(q.quorum, '[{"count": 1}]')) g) > 1 then
    raise exception 'a request that needs several people is answered for itself alone: nothing was done' using errcode = 'HP021';
  end if;
  perform check_condition(further ->> 'condition'), check_text('target', further ->> 'target', 1000);
  if (further ->> 'until')::timestamptz not between clock_timestamp() and clock_timestamp() + interval '90 days' then
    raise exception 'a rule ends within 90 days: nothing was done' using errcode = 'HP010';
  end if;
end $$;

create function make_rule(q approval_queue, actor text, further jsonb, why text) returns void
language plpgsql as $$
declare
  u approval_rules;
begin
  if further is null then return; end if;
  insert into approval_rules (agent_id, workflow_id, tool, target, condition, max_uses, expires_at, policy_id, policy_version,
      approval_id, created_by, why)
    select w.agent_id, case when further ->> 'scope' = 'run' then q.workflow_id end, q.tool, further ->> 'target',
      further ->> 'condition', (further ->> 'maxUses')::integer, (further ->> 'until')::timestamptz, q.policy_id, q.policy_version,
      q.approval_id, actor, make_rule.why
    from workflow_checkpoints w where w.workflow_id = q.workflow_id returning * into u;
  perform audit_of(u.agent_id, actor, 'rule.make', 'approval_rules', u.rule_id::text, null, to_jsonb(u));
end $$;

create function revoke_rule(rule uuid, actor text, why text default null) returns void
language plpgsql security definer set search_path from current as $$
declare
  u approval_rules;
begin
  perform check_actor(actor, why);
  update approval_rules set revoked_by = actor, revoked_at = clock_timestamp() where rule_id = rule and revoked_at is null returning * into u;
  if not found then
    raise exception 'no rule % that is in force: nothing was done', rule using errcode = 'HP024';
  end if;
  perform audit_of(u.agent_id, actor, 'rule.revoke', 'approval_rules', rule::text, null, jsonb_build_object('why', why, 'uses', u.uses));
end $$;

drop function decide_approval(uuid, text, text, text, integer, jsonb);

-- One person's answer, about the version that was seen. A no settles the request; a yes does when the quorum is met with
-- it. The run's other holds stay. `edited`: what shall run instead; whoever calls has held it against the request's
-- schema. `further`: the calls to come for which this yes stands too.
create function decide_approval(approval uuid, actor text, verdict text, reason text default null, seen integer default null,
  edited jsonb default null, further jsonb default null) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  q approval_queue;
  before jsonb;
  r workflow_checkpoints;
  settled boolean;
  said jsonb;
begin
  perform check_actor(actor, reason);
  q := answerable_approval(approval, seen);
  before := jsonb_build_object('decision', null, 'digest', q.digest);
  perform check_answer(q, verdict, edited), check_further(q, verdict, further);
  q := edit_approval(q, actor, edited);
  insert into approval_votes (approval_id, actor, vote, digest, reason)
    values (approval, actor, case verdict when 'approved' then 'approve' else 'reject' end, coalesce(q.digest, ''), reason);
  settled := verdict = 'rejected' or quorum_met(approval);
  if settled then
    update approval_queue set decision = verdict, decided_by = actor, decided_at = clock_timestamp(), decision_reason = reason
      where approval_id = approval and decision is null and closed_at is null returning * into q;
    if not found then
      raise exception 'approval % was settled meanwhile: nothing was done', approval using errcode = 'HP007';
    end if;
    update run_holds set cleared_at = clock_timestamp(), cleared_by = actor, cleared_why = verdict
      where approval_id = approval and cleared_at is null;
    perform make_rule(q, actor, further, reason);
  end if;
  said := jsonb_strip_nulls(jsonb_build_object('approvalId', approval, 'decision', verdict, 'why', reason,
    'edited', case when q.edited_by is not null then true end));
  r := settle_run(q.workflow_id, jsonb_build_object('kind', case when settled then 'approval.decided' else 'approval.voted' end,
    'actor', actor, 'detail', said),
    null, case when settled then case verdict when 'rejected' then 'rejected' else 'approved' end end);
  perform audit_approval(q, actor, 'approval.' || case when settled then verdict else 'voted' end, before,
    said - 'approvalId' || jsonb_strip_nulls(jsonb_build_object('digest', q.digest, 'editedBy', q.edited_by, 'further', further)));
  perform wake_workers(r.workflow_id);
  return run_state(r);
end $$;

-- Those who may answer an open request have changed.
create function pass_on(q approval_queue, actor text, change text, why text, was jsonb) returns jsonb
language plpgsql as $$
declare
  r workflow_checkpoints;
begin
  r := settle_run(q.workflow_id, jsonb_build_object('kind', 'approval.changed', 'actor', actor, 'detail',
    jsonb_strip_nulls(jsonb_build_object('approvalId', q.approval_id, 'change', change, 'why', why))));
  perform audit_approval(q, actor, 'approval.' || change, was, jsonb_strip_nulls(jsonb_build_object('assignees', q.assignees,
    'quorum', q.quorum, 'expiresAt', q.expires_at, 'why', why)));
  return run_state(r);
end $$;

-- One person hands their part to another, who then stands for the same groups. Nobody hands on what they have answered.
create function delegate_approval(approval uuid, actor text, person text, why text default null, seen integer default null)
returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  q approval_queue;
  was jsonb;
begin
  perform check_actor(actor, why), check_text('the person', person, 200);
  q := answerable_approval(approval, seen);
  was := jsonb_build_object('assignees', q.assignees, 'quorum', q.quorum);
  if coalesce(person, '') !~ '^\S+:\S' or person = actor then
    raise exception 'a request is handed to another person, as in operator:ana: nothing was done' using errcode = 'HP010';
  end if;
  if q.four_eyes and is_behind(q, person) then
    raise exception '% is behind this request, and does not answer it: nothing was done', person using errcode = 'HP022';
  end if;
  if exists (select from approval_votes v where v.approval_id = approval and v.actor in (delegate_approval.actor, person)) then
    raise exception 'one of you has answered this already: nothing was done' using errcode = 'HP022';
  end if;
  if q.quorum is not null and not exists (select from jsonb_array_elements(q.quorum) g where not g ? 'members' or g -> 'members' ? actor) then
    raise exception '% is none of those who are asked: nothing was done', actor using errcode = 'HP021';
  end if;
  update approval_queue set version = version + 1, assignees = array_remove(array_remove(assignees, actor), person) || person,
      quorum = (select jsonb_agg(case when it -> 'members' ? actor
        then jsonb_set(it, '{members}', (it -> 'members') - actor - person || to_jsonb(person)) else it end order by n)
        from jsonb_array_elements(quorum) with ordinality g(it, n))
    where approval_id = approval returning * into q;
  return pass_on(q, actor, 'delegated', why, was);
end $$;

-- Others are asked as well: `people`, or those of the policy's next step. It never approves.
create function ask_others(q approval_queue, people text[], until timestamptz) returns approval_queue
language plpgsql as $$
begin
  update approval_queue set version = version + 1, escalated = escalated + 1, assignees = people, expires_at = until,
      quorum = (select jsonb_agg(case when it ? 'members' then jsonb_set(it, '{members}', (select jsonb_agg(distinct m)
        from jsonb_array_elements((it -> 'members') || to_jsonb(people)) m)) else it end order by n)
        from jsonb_array_elements(quorum) with ordinality g(it, n))
    where approval_id = q.approval_id returning * into q;
  return q;
end $$;

create function escalate_approval(approval uuid, actor text, people text[] default null, why text default null,
  seen integer default null) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  q approval_queue;
  step jsonb;
  was jsonb;
begin
  perform check_actor(actor, why), check_size('the people', to_jsonb(people), 8192);
  q := answerable_approval(approval, seen);
  was := jsonb_build_object('assignees', q.assignees, 'quorum', q.quorum, 'expiresAt', q.expires_at);
  step := q.escalation -> q.escalated;
  people := coalesce(people, array(select jsonb_array_elements_text(step -> 'to')));
  if cardinality(people) not between 1 and 20 or exists (select from unnest(people) p where coalesce(p, '') !~ '^\S+:\S') then
    raise exception 'name the people to ask, as in operator:ana: nothing was done' using errcode = 'HP010';
  end if;
  q := ask_others(q, people, case when step is null then q.expires_at
    else greatest(q.expires_at, clock_timestamp() + make_interval(secs => (step ->> 'afterS')::integer)) end);
  return pass_on(q, actor, 'escalated', why, was);
end $$;

-- Nobody decided in time. `reject`: closed, and the agent reads that; `escalate`: the next are asked, while there are any;
-- else the run stays held until a person gives more time. Nothing here ever approves. The caller holds the run's lock.
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
      clock_timestamp() + make_interval(secs => (step ->> 'afterS')::integer));
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

-- The gate's one conditional update, as before; a tool that a policy gates does not pass uncleared.
create or replace function pass_gate(run uuid, caller_epoch integer, a actions, cleared boolean) returns text
language plpgsql as $$
declare
  agent text;
begin
  update workflow_checkpoints w set current_tool = a.tool, tool_target = a.target, tool_since = clock_timestamp(),
    status = 'running', waiting_on = null,
    event_hint = jsonb_build_object('kind', 'action.intended', 'actor', 'agent:' || w.agent_id, 'detail',
      jsonb_strip_nulls(jsonb_build_object('actionId', a.action_id, 'tool', a.tool, 'target', left(a.target, 200),
        'step', coalesce(a.step, w.current_step), 'attempt', a.attempt, 'approvalId', a.approval_id)))
    where workflow_id = run and epoch = caller_epoch and status in ('running', 'approved', 'queued')
      and cardinality(held_by) = 0
      -- used_up, written out, as is may_act_as: the gate is the hot path.
      and (limit_tokens is null or tokens_in < limit_tokens - tokens_out)
      and (limit_cost_usd is null or cost_usd < limit_cost_usd)
      and (deadline_at is null or deadline_at > clock_timestamp())
      and (cleared or a.tool <> all (bound_tools) and not exists (select from approval_policies p
        where p.current and p.gate and (p.agent_id is null or p.agent_id = w.agent_id) and (p.skill is null or p.skill = w.skill)
          and (p.tool = a.tool or right(p.tool, 1) = '*' and starts_with(a.tool, left(p.tool, -1)))))
      and exists (select from agent_logins l where l.login = session_user and (l.agent_id = w.agent_id
        or (l.agent_id is null and not exists (select from agent_logins o where o.agent_id = w.agent_id))))
      -- The row is looked at as it is now, the lease as it was when this statement began: a run that was let go
      -- meanwhile shows by its row.
      and (engine = 'sql' or worker is not null and exists (select from run_leases l
        where l.workflow_id = run and l.epoch = caller_epoch and l.lease_until > clock_timestamp()))
    returning w.agent_id into agent;
  return agent;
end $$;

drop function answer_of_people(uuid, actions, jsonb);

-- What people said of exactly this call, under the policy that rules it now: a denial; {approval, request?} for a yes, with
-- what shall run instead where it was edited; null: they said nothing that binds it. The caller holds the run's lock. A yes
-- that another attempt of the same action used counts for this one.
create function answer_of_people(run uuid, a actions, call jsonb, p approval_policies) returns jsonb
language plpgsql as $$
declare
  q approval_queue;
  named uuid := (call ->> 'approval')::uuid;
  asked jsonb := coalesce(call -> 'request', 'null');
begin
  if digest_of(asked) <> call ->> 'digest' then
    return denied('APPROVAL_MISMATCH', 'the digest is not that of the request');
  end if;
  select * into q from approval_queue x
    where x.workflow_id = run and x.kind = 'action' and x.tool = a.tool and x.target is not distinct from a.target
      and call ->> 'digest' in (x.digest, x.original_digest) and (named is null or x.approval_id = named)
      and (x.decision is not null or x.expired_at is not null)
    order by x.consumed_by is not distinct from a.action_id desc,
      x.decision is not distinct from 'approved' and x.consumed_at is null and (x.expires_at is null or x.expires_at > clock_timestamp())
        and (x.policy_id, x.policy_version) is not distinct from (p.policy_id, p.version) desc,
      coalesce(x.decided_at, x.expired_at) desc limit 1;
  if not found then
    return case
      when named is not null then denied('APPROVAL_MISMATCH', 'this is not what that approval is about')
      -- Where a policy gates the tool, the gate asks about this call, too.
      when not coalesce(p.gate, false) and exists (select from approval_queue x where x.workflow_id = run and x.kind = 'action'
          and x.tool = a.tool and x.decision = 'approved' and x.consumed_at is null
          and (x.expires_at is null or x.expires_at > clock_timestamp()))
        then denied('APPROVAL_MISMATCH', format('what was approved is another call of %s', a.tool)) end;
  end if;
  if q.expired_at is not null or q.decision = 'approved' and q.expires_at <= clock_timestamp() then
    return denied('APPROVAL_EXPIRED', format('its approval expired at %s', shown_time(q.expires_at)));
  elsif q.decision = 'rejected' then
    return denied('APPROVAL_REJECTED', format('%s said no%s', q.decided_by, coalesce(': ' || q.decision_reason, '')));
  elsif q.consumed_at is not null and q.consumed_by is distinct from a.action_id then
    return case when not coalesce(p.gate, false) or named is not null
      then denied('APPROVAL_CONSUMED', 'its approval was used by another action') end;
  elsif (q.policy_id, q.policy_version) is distinct from (p.policy_id, p.version) then
    -- A yes under other rules is no yes under these: the gate asks again, or the agent does.
    return case when not coalesce(p.gate, false) then denied('POLICY_CHANGED', 'the policy has changed since that was approved') end;
  elsif asked = q.arguments or asked = 'null' and q.arguments is null then
    return jsonb_build_object('approval', q.approval_id);
  -- Only a caller that knows of edits will run them instead of what it asked for.
  elsif asked = q.original_arguments and coalesce((call ->> 'edits')::boolean, false) then
    return jsonb_build_object('approval', q.approval_id, 'request', q.arguments);
  end if;
  return denied('APPROVAL_MISMATCH', 'the arguments are not those that were approved');
end $$;

-- Nobody said anything of this call: what its policy says. {by} where nobody need be asked; else the gate asks, and holds
-- the run; null: no policy gates it. call may say for the reviewer: reason, risk, reversible, schema, consequence.
create function answer_of_policy(r workflow_checkpoints, a actions, call jsonb, p approval_policies) returns jsonb
language plpgsql as $$
declare
  by_whom text;
begin
  if not coalesce(p.gate, false) then return null; end if;
  by_whom := cleared_without_asking(r, p, a.tool, a.target, call -> 'request');
  if by_whom is not null then return jsonb_build_object('by', by_whom); end if;
  insert into approval_queue (workflow_id, requested_by, tool, target, arguments, agent_reason, reversible, risk,
      arguments_schema, consequence)
    values (r.workflow_id, r.agent_id, a.tool, a.target, coalesce(call -> 'request', 'null'), call ->> 'reason',
      (call ->> 'reversible')::boolean, call ->> 'risk', call -> 'schema', call -> 'consequence');
  return jsonb_build_object('decision', 'hold', 'stopReason', 'AWAITING_APPROVAL', 'why',
    format('policy "%s" asks a person about %s', p.name, a.tool));
end $$;

-- THE gate (invariants 1, 5 and 7): no external action begins without an answer "allow" from here, and the answer,
-- the intended action, its event and its audit row commit together, with the approval it uses. Later rules plug in here
-- and nowhere else. call: {tool, target?, request?, digest (SHA-256 hex of the RFC 8785 form), key (idempotency), step?,
-- reversible?, idempotent?, approval?, edits?, reason?, risk?, schema?, consequence?}. Answers allow (request: what shall
-- run instead, where it was edited and the caller said that it knows of edits) | done (confirmed before: its response) |
-- hold | deny.
create or replace function begin_action(run uuid, caller_epoch integer, call jsonb) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  a actions;
  agent text;
  no jsonb;
  said jsonb;
  r workflow_checkpoints;
  p approval_policies;
begin
  if coalesce(call ->> 'tool', '') = '' or coalesce(call ->> 'key', '') = '' or not is_digest(coalesce(call ->> 'digest', '')) then
    raise exception 'an action needs a tool, a key and a digest: nothing was written' using errcode = 'HP010';
  end if;
  -- Asked as one expression first: most calls are small, and five calls cost as much as an insert.
  if char_length(call ->> 'tool') > 200 or char_length(call ->> 'target') > 1000 or char_length(call ->> 'key') > 500
      or char_length(call ->> 'step') > 500 or octet_length((call -> 'request')::text) > 400 then
    perform check_text('tool', call ->> 'tool', 200), check_text('target', call ->> 'target', 1000),
      check_text('key', call ->> 'key', 500), check_text('step', call ->> 'step', 500),
      check_size('request', call -> 'request', 262144);
  end if;

  select * into a from actions where workflow_id = run and idempotency_key = call ->> 'key';
  if found then
    no := gate_refusal(run, caller_epoch);
    if no is not null then return no; end if;
    -- Read again under the lock: whoever held it may have tried and settled this action meanwhile.
    select * into a from actions where action_id = a.action_id;
    no := answer_from_earlier(a, as_it_ran(a, call));
    if no is not null then return no; end if;
    -- Invariant 9: an unknown outcome is never retried by itself.
    if a.state = 'unknown' and not coalesce((call ->> 'idempotent')::boolean, false) then
      return hold_at_gate(run, 'outcome', 'UNKNOWN_OUTCOME',
        format('nobody knows whether %s%s landed', a.tool, coalesce(' on ' || left(a.target, 200), '')), a.action_id);
    end if;
  end if;
  a.action_id := coalesce(a.action_id, gen_random_uuid());
  a.attempt := coalesce(a.attempt, 0) + 1;
  a.tool := call ->> 'tool';
  a.target := call ->> 'target';
  a.step := call ->> 'step';
  a.approval_id := null;
  if not call ? 'approval' then
    agent := pass_gate(run, caller_epoch, a, false);
  end if;
  if agent is null then
    no := gate_refusal(run, caller_epoch);
    if no is null then no := hold_used_up(run); end if;
    if no is not null then return no; end if;
    -- Its lock is ours now: what refused it is gone, or it is what people said, or a policy.
    select * into r from workflow_checkpoints where workflow_id = run;
    p := policy_for(r.agent_id, r.skill, a.tool);
    if call ? 'approval' or a.tool = any (r.bound_tools) or coalesce(p.gate, false) then
      said := answer_of_people(run, a, call, p);
      said := coalesce(said, answer_of_policy(r, a, call, p));
    end if;
    if said ->> 'decision' = 'deny' then return note_refusal(run, a, call, said); end if;
    if said ? 'decision' then return said; end if;
    a.approval_id := said ->> 'approval';
    a.cleared_by := said ->> 'by';
    agent := pass_gate(run, caller_epoch, a, true);
    if agent is null then
      raise exception 'run % changed while it was looked at: nothing was written', run using errcode = '40001';
    end if;
    if a.approval_id is not null then
      update approval_queue set consumed_at = clock_timestamp(), consumed_by = a.action_id
        where approval_id = a.approval_id and consumed_at is null;
    end if;
    if said ? 'request' then
      call := call || jsonb_build_object('request', said -> 'request', 'digest', digest_of(said -> 'request'));
    end if;
  end if;

  -- One statement for both rows; no audit row, no action.
  with begun as (
    insert into actions as earlier (action_id, workflow_id, epoch, step, tool, target, idempotency_key, request, digest,
        attempt, reversible, approval_id, cleared_by)
      values (a.action_id, run, caller_epoch, a.step, a.tool, a.target, call ->> 'key', call -> 'request', call ->> 'digest',
        a.attempt, (call ->> 'reversible')::boolean, a.approval_id, a.cleared_by)
      on conflict (workflow_id, idempotency_key) do update set epoch = excluded.epoch, state = 'intended',
        attempt = excluded.attempt, request = excluded.request, digest = excluded.digest,
        approval_id = coalesce(excluded.approval_id, earlier.approval_id),
        cleared_by = coalesce(excluded.cleared_by, earlier.cleared_by), response = null, error = null,
        error_class = null, external_ref = null, late = null,
        settled_by = null, settled_at = null, settled_why = null, intended_at = clock_timestamp(), ended_at = null
        -- Only what was looked at above: a row that came while the lock was waited for is another's action.
        where earlier.action_id = excluded.action_id
      returning action_id
  )
  insert into agent_audit_log (agent_id, workflow_id, action, target_table, target_row_id, data_after, data_timestamp, actor)
    select agent, run, 'action.begin ' || a.tool, 'actions', action_id::text,
      jsonb_build_object('tool', a.tool, 'target', a.target, 'digest', call ->> 'digest', 'attempt', a.attempt)
        || case when said is null then '{}'::jsonb else said - 'request' end,
      clock_timestamp(), 'agent:' || agent
    from begun;
  if not found then
    raise exception 'this action was begun by another call meanwhile: nothing was written'
      using errcode = 'HP015', hint = 'Ask the gate again: it answers with what became of that action.';
  end if;
  return jsonb_build_object('decision', 'allow', 'actionId', a.action_id, 'attempt', a.attempt)
    || case when said ? 'request' then jsonb_build_object('request', said -> 'request') else '{}'::jsonb end;
end $$;

grant select on approval_policies, approval_votes, approval_rules to holdpoint_server;
grant execute on function decide_approval(uuid, text, text, text, integer, jsonb, jsonb),
  delegate_approval(uuid, text, text, text, integer), escalate_approval(uuid, text, text[], text, integer),
  save_policy(uuid, text, jsonb, text, integer), retire_policy(uuid, text, text), revoke_rule(uuid, text, text),
  own_agent_login(text, text, text), policy_json(approval_policies), policy_of(jsonb), stands_for(text, text),
  condition_holds(text, jsonb, text)
  to holdpoint_server;
