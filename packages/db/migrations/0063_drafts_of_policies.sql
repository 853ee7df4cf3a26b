-- What a policy that is not in force would do is worked out by what decides when it is: which policy rules a call, what it
-- makes of a request, where nobody is asked, and when a check-in is due.

-- The gate itself asked, because a policy said so: under another policy nobody might have asked.
alter table approval_queue add column by_gate boolean not null default false;

-- Whose runs a policy is about, and which of their calls.
create function is_about_run(p approval_policies, agent text, run_skill text) returns boolean
language sql immutable as $$
  select (p.agent_id is null or p.agent_id = agent) and (p.skill is null or p.skill = run_skill)
$$;
create function is_about_call(p approval_policies, agent text, run_skill text, called text) returns boolean
language sql immutable as $$
  select coalesce(stands_for(p.tool, called) and is_about_run(p, agent, run_skill), false)
$$;

-- The one policy that rules a call: one for its agent before one for its skill before one for any; then its own tool
-- before a longer beginning of it. Null: none does. A draft stands in the place of the version that is in force; null: none.
create function policy_under(draft approval_policies, agent text, run_skill text, called text) returns approval_policies
language sql stable as $$
  select c.p from (
      select p from approval_policies p where p.current and p.policy_id is distinct from draft.policy_id
      union all select draft where draft.policy_id is not null) c(p)
    where is_about_call(c.p, agent, run_skill, called)
    order by (c.p).agent_id is not null desc, (c.p).skill is not null desc, right((c.p).tool, 1) <> '*' desc,
      char_length((c.p).tool) desc, (c.p).created_at desc limit 1
$$;
create or replace function policy_for(agent text, run_skill text, called text) returns approval_policies
language sql stable as $$ select policy_under(null, agent, run_skill, called) $$;

-- A request as its policy makes it, asked at that time. The agent's own deadline stays where it is nearer.
create function under_policy(q approval_queue, p approval_policies, at timestamptz) returns approval_queue
language plpgsql immutable as $$
begin
  q.policy_id := p.policy_id;
  q.policy_version := p.version;
  q.quorum := p.quorum;
  q.four_eyes := coalesce(p.four_eyes, true);
  q.escalation := p.escalation;
  q.escalated := 0;
  if p.expires_after_s is not null then
    q.expires_at := least(q.expires_at, at + make_interval(secs => p.expires_after_s));
    q.on_expiry := p.on_expiry;
  end if;
  if q.assignees = '{}' and p.quorum is not null then
    q.assignees := array(select distinct m from jsonb_array_elements(p.quorum) g, jsonb_array_elements_text(g -> 'members') m);
  end if;
  return q;
end $$;

-- The policy under which nobody need be asked about this call; null: its condition does not hold, or there is none.
create function cleared_by_condition(p approval_policies, its_target text, args jsonb) returns text
language sql stable as $$
  select format('policy:%s@%s', p.name, p.version)
  where p.auto_approve is not null and condition_holds(p.auto_approve, args, its_target)
$$;
create or replace function cleared_without_asking(r workflow_checkpoints, p approval_policies, called text, its_target text, args jsonb) returns text
language plpgsql as $$
begin
  return coalesce(cleared_by_condition(p, its_target, args), use_rule(r, p, called, its_target, args));
end $$;

-- As before, by these.
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
  if new.kind = 'output' and new.arguments is null then
    raise exception 'an output that is asked about is in the arguments: nothing was written' using errcode = 'HP010';
  end if;
  if new.kind = 'change' and (new.tool is null or coalesce(new.arguments ->> 'what', '') not in ('skill', 'rubric', 'policy')
      or coalesce(jsonb_typeof(new.arguments -> 'name'), '') <> 'string' or not coalesce(new.arguments ? 'to', false)) then
    raise exception 'a change is the tool that makes it, and {what: skill | rubric | policy, name, from?, to}: nothing was written'
      using errcode = 'HP010';
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
  new := under_policy(new, p, clock_timestamp());
  if new.tool is not null and new.kind = 'action' and (new.expires_at is null or new.expires_at > clock_timestamp()) then
    new.decided_by := cleared_without_asking(r, p, new.tool, new.target, new.arguments);
    if new.decided_by is not null then
      new.decision := 'approved';
      new.decided_at := clock_timestamp();
    end if;
  end if;
  return new;
end $$;

-- As before, and a request that the gate makes says so.
create or replace function answer_of_policy(r workflow_checkpoints, a actions, call jsonb, p approval_policies) returns jsonb
language plpgsql as $$
declare
  by_whom text;
begin
  if not coalesce(p.gate, false) then return null; end if;
  by_whom := cleared_without_asking(r, p, a.tool, a.target, call -> 'request');
  if by_whom is not null then return jsonb_build_object('by', by_whom); end if;
  insert into approval_queue (workflow_id, requested_by, tool, target, arguments, agent_reason, reversible, risk,
      arguments_schema, consequence, by_gate)
    values (r.workflow_id, r.agent_id, a.tool, a.target, coalesce(call -> 'request', 'null'), call ->> 'reason',
      (call ->> 'reversible')::boolean, call ->> 'risk', call -> 'schema', call -> 'consequence', true);
  return jsonb_build_object('decision', 'hold', 'stopReason', 'AWAITING_APPROVAL', 'why',
    format('policy "%s" asks a person about %s', p.name, a.tool));
end $$;

-- When so many hours without a look are over; null: its policy names none.
create function hours_up(p approval_policies, looked timestamptz) returns timestamptz
language sql immutable as $$ select looked + make_interval(secs => (p.check_in_hours * 3600)::double precision) $$;
-- Whether so many steps without a look are enough.
create function steps_up(p approval_policies, since integer) returns boolean
language sql immutable as $$ select coalesce(since >= p.check_in_steps, false) $$;

-- As before, by these.
create or replace function check_in_due(r workflow_checkpoints, p approval_policies) returns text
language sql stable as $$
  select case
    when hours_up(p, coalesce(r.looked_at,
        least(r.created_at, (select l.began_at from run_lives l where l.workflow_id = r.workflow_id)))) <= clock_timestamp()
      then format('nobody has looked for %s hours', trim_scale(p.check_in_hours))
    when steps_up(p, r.steps - r.looked_steps) then format('nobody has looked for %s steps', r.steps - r.looked_steps)
  end
$$;

-- A policy from its words, as it would stand in the place of this one; null: beside all others.
create function draft_of(policy uuid, spec jsonb) returns approval_policies
language plpgsql stable as $$
declare
  p approval_policies := policy_of(spec);
begin
  p.policy_id := coalesce(policy, gen_random_uuid());
  p.created_at := clock_timestamp();
  return p;
end $$;

-- A call that the gate let begin, as the request that it would have made of it.
create function as_request(a actions) returns approval_queue
language plpgsql immutable as $$
declare
  q approval_queue;
begin
  q.kind := 'action';
  q.tool := a.tool;
  q.target := a.target;
  q.arguments := coalesce(a.request, 'null');
  q.assignees := '{}';
  q.on_expiry := 'hold';
  return q;
end $$;

-- A request as it was asked: before edits, and before a policy gave it a deadline. Where one did, that of the agent is not
-- known; where a person put it off, it counts as it then stood.
create function as_asked(q approval_queue) returns approval_queue
language plpgsql stable as $$
begin
  if exists (select from approval_policies p
      where p.policy_id = q.policy_id and p.version = q.policy_version and p.expires_after_s is not null) then
    q.expires_at := null;
    q.on_expiry := 'hold';
  end if;
  q.arguments := coalesce(q.original_arguments, q.arguments);
  return q;
end $$;

-- What a call meets under the policy that rules it (null: none does): {would: free} nobody asks; {would: pass} its condition
-- holds; {would: wait, yeses, quorum, fourEyes, withinS, onExpiry, next}. asks: the agent itself asks, whatever the gate does.
create function met_by(q approval_queue, p approval_policies, asks boolean, at timestamptz) returns jsonb
language plpgsql stable as $$
begin
  if not asks and not coalesce(p.gate, false) then return '{"would": "free"}'; end if;
  if q.kind = 'action' and cleared_by_condition(p, q.target, q.arguments) is not null then return '{"would": "pass"}'; end if;
  q := under_policy(q, p, at);
  return jsonb_build_object('would', 'wait', 'quorum', q.quorum, 'fourEyes', q.four_eyes,
    'yeses', (select sum((g ->> 'count')::integer) from jsonb_array_elements(coalesce(q.quorum, '[{"count": 1}]')) g),
    'withinS', greatest(0, extract(epoch from q.expires_at - at)::integer),
    'onExpiry', case when q.expires_at is not null then q.on_expiry end,
    'next', case when q.expires_at is not null and q.on_expiry = 'escalate' then q.escalation -> 0 -> 'to' end);
end $$;

-- The calls of the last days that a draft, or the version that it takes the place of, is about; at most so many of the newest,
-- those first that would meet something else than under the policies in force. A call that people were asked about and that
-- then ran counts once, by its request. Agents write in the log, too, so a row counts as far as the ledger has it.
create function preview_calls(policy uuid, spec jsonb, days integer, most integer) returns table (call jsonb, counted integer)
language sql stable security definer set search_path from current as $$
  with d as materialized (
    select draft, (select p from approval_policies p where p.policy_id = policy and p.current) as old from draft_of(policy, spec) draft
  ), begun as (
    select l.workflow_id, as_request(a) as q, false as asks, l.seen_at as at, a.cleared_by as by
    from d, agent_audit_log l join actions a on a.workflow_id = l.workflow_id and a.approval_id is null
      and a.action_id = case when pg_input_is_valid(l.target_row_id, 'uuid') then l.target_row_id::uuid end
    where l.seen_at > now() - make_interval(days => days) and l.action like 'action.begin %' and l.target_table = 'actions'
      and (stands_for((d.draft).tool, substr(l.action, 14)) or stands_for((d.old).tool, substr(l.action, 14)))
      and ((d.draft).agent_id is null or l.agent_id in ((d.draft).agent_id, (d.old).agent_id)
        or (d.old).policy_id is not null and (d.old).agent_id is null)
    order by l.seen_at desc limit most
  ), asked as (
    select q.workflow_id, as_asked(q) as q, not q.by_gate as asks, q.requested_at as at, q.decided_by as by
    from d, approval_queue q
    where q.requested_at > now() - make_interval(days => days)
      and (stands_for((d.draft).tool, q.tool) or stands_for((d.old).tool, q.tool))
    order by q.requested_at desc limit most
  ), ruled as (
    select c.*, w.agent_id, d.draft, is_about_call(d.draft, w.agent_id, w.skill, (c.q).tool) as meant,
      policy_under(d.draft, w.agent_id, w.skill, (c.q).tool) as p, policy_for(w.agent_id, w.skill, (c.q).tool) as now_p
    from d, (select * from begun union all select * from asked) c join workflow_checkpoints w using (workflow_id)
    where is_about_call(d.draft, w.agent_id, w.skill, (c.q).tool) or is_about_call(d.old, w.agent_id, w.skill, (c.q).tool)
  ), met as (
    select r.*, met_by(r.q, r.p, r.asks, r.at) as meets,
      -- A yes that stands for calls to come ends with the version that it was given under.
      ((r.p).policy_id, (r.p).version) is not distinct from ((r.now_p).policy_id, (r.now_p).version)
        or coalesce(r.by, '') not like 'rule:%' and met_by(r.q, r.p, r.asks, r.at) = met_by(r.q, r.now_p, r.asks, r.at) as unchanged
    from ruled r
  )
  select jsonb_build_object('runId', m.workflow_id, 'agentId', m.agent_id, 'kind', (m.q).kind, 'tool', (m.q).tool,
      'target', left((m.q).target, 200), 'at', m.at, 'asked', m.asks, 'unchanged', m.unchanged, 'meets',
      case when m.meant and (m.p).policy_id <> (m.draft).policy_id then jsonb_build_object('would', 'other', 'policy', (m.p).name)
        else m.meets end),
    count(*) over ()::integer
  from met m order by m.unchanged, m.at desc limit most
$$;

-- The runs of the last days that a draft's check-in is about, at most so many of the newest: when each would first have
-- paused, and why; null: not at all. A look is what a person did with the run, as it is live.
create function preview_check_ins(spec jsonb, days integer, most integer) returns table (run jsonb, counted integer)
language sql stable security definer set search_path from current as $$
  with d as materialized (
    select draft, now() - make_interval(days => days) as from_then from draft_of(null, spec) draft
  ), lives as materialized (
    select l.workflow_id, l.agent_id, w.goal, least(w.created_at, l.began_at) as began, coalesce(l.ended_at, now()) as ended,
      count(*) over ()::integer as counted
    from d, run_lives l join workflow_checkpoints w using (workflow_id)
    where coalesce(l.ended_at, now()) > d.from_then and is_about_run(d.draft, l.agent_id, w.skill)
    order by l.began_at desc limit most
  ), stretches as (
    -- From one event of a run to the next it is as the first left it.
    select l.workflow_id, l.began, e.seq, e.at, lead(e.at, 1, l.ended) over run as until, e.state ->> 'status' as status,
      (e.state ->> 'steps')::integer as steps,
      count(*) filter (where is_someone(e.actor) and e.kind not in ('limits.raised', 'action.settled')) over run as looks
    from lives l join run_events e using (workflow_id) window run as (partition by l.workflow_id order by e.seq)
  ), unlooked as (
    select s.*, case when looks = 0 then began else min(at) over look end as looked,
      steps - case when looks = 0 then 0 else min(steps) over look end as since
    from stretches s window look as (partition by workflow_id, looks)
  ), due as (
    select u.workflow_id, greatest(u.at, d.from_then) as at, steps_up(d.draft, u.since) as by_steps, hours_up(d.draft, u.looked) as hours
    from d, unlooked u
    where u.status in ('queued', 'running', 'approved') and u.until > d.from_then
      and (steps_up(d.draft, u.since) or hours_up(d.draft, u.looked) < u.until)
  ), first_due as (
    select distinct on (workflow_id) workflow_id, case when by_steps then at else greatest(at, hours) end as at, by_steps
    from due order by workflow_id, 2
  )
  select jsonb_build_object('runId', l.workflow_id, 'agentId', l.agent_id, 'goal', left(l.goal, 200), 'at', f.at,
      'by', case when f.at is null then null when f.by_steps then 'steps' else 'hours' end), l.counted
  from lives l left join first_due f using (workflow_id) order by f.at nulls last, l.began desc
$$;

-- The server asked these itself, for what is now a question of one function.
revoke execute on function policy_of(jsonb), stands_for(text, text), condition_holds(text, jsonb, text) from holdpoint_server;
grant execute on function preview_calls(uuid, jsonb, integer, integer), preview_check_ins(jsonb, integer, integer)
  to holdpoint_server;
