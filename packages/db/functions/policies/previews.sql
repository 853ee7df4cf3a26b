-- What a policy that is not in force would do, worked out by what decides when it is: which policy rules a call, what
-- it makes of a request, where nobody is asked, and when a check-in is due. Agents write what this is told from.

-- A policy from its words, as it would stand in the place of this one; null: beside all others.
create or replace function draft_of(policy uuid, spec jsonb) returns approval_policies
language plpgsql stable as $$
declare
  p approval_policies := policy_of(spec);
begin
  p.policy_id := coalesce(policy, gen_random_uuid());
  p.created_at := clock_timestamp();
  return p;
end $$;

-- A call that the gate let begin, as the request that it would have made of it.
create or replace function as_request(a actions) returns approval_queue
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
create or replace function as_asked(q approval_queue) returns approval_queue
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

-- What a call meets under the policy that rules it (null: none does): {would: free} nobody asks; {would: pass} its
-- condition holds; {would: wait, yeses, quorum, fourEyes, withinS, onExpiry, next}. asks: the agent itself asks,
-- whatever the gate does. A deadline may lie as far ahead as the calendar goes; what has no deadline is told to have
-- none, not one of no seconds.
create or replace function met_by(q approval_queue, p approval_policies, asks boolean, at timestamptz) returns jsonb
language plpgsql stable as $$
begin
  if not asks and not coalesce(p.gate, false) then return '{"would": "free"}'; end if;
  if q.kind = 'action' and cleared_by_condition(p, q.target, q.arguments) is not null then return '{"would": "pass"}'; end if;
  q := under_policy(q, p, at);
  return jsonb_build_object('would', 'wait', 'quorum', q.quorum, 'fourEyes', q.four_eyes,
    'yeses', (select sum((g ->> 'count')::integer) from jsonb_array_elements(coalesce(q.quorum, '[{"count": 1}]')) g),
    'withinS', case when q.expires_at is not null then greatest(0, extract(epoch from q.expires_at - at)::bigint) end,
    'onExpiry', case when q.expires_at is not null then q.on_expiry end,
    'next', case when q.expires_at is not null and q.on_expiry = 'escalate' then q.escalation -> 0 -> 'to' end);
end $$;

-- Bytes of a value once it is read. Only what is stored packed has to be written out for that.
create or replace function unpacked_size(value jsonb) returns integer
language sql stable as $$
  select case when pg_column_compression(value) is null then pg_column_size(value) else octet_length(value::text) end
$$;

-- The calls of the last days that a draft, or the version that it takes the place of, is about; at most so many of the newest,
-- those first that would meet something else than under the policies in force. A call that people were asked about and that
-- then ran counts once, by its request. Agents write in the log, too: a row counts as far as the ledger has its action, and
-- an action once, as it was last begun. Of arguments so much is looked at as a condition can be held against in the time
-- that a page has. What the draft is not about takes nothing's place. counted: more than the rows that come, where anything
-- was left out.
create or replace function preview_calls(policy uuid, spec jsonb, days integer, most integer) returns table (call jsonb, counted integer)
language sql stable security definer set search_path from current as $$
  with d as materialized (
    select draft, (select p from approval_policies p where p.policy_id = policy and p.current) as old from draft_of(policy, spec) draft
  ), logged as materialized (
    select a.action_id, l.seen_at as at
    from d, agent_audit_log l join actions a on a.workflow_id = l.workflow_id and a.approval_id is null
      and a.action_id = case when pg_input_is_valid(l.target_row_id, 'uuid') then l.target_row_id::uuid end
    join workflow_checkpoints w on w.workflow_id = l.workflow_id
    where l.seen_at > now() - make_interval(days => days) and l.action like 'action.begin %' and l.target_table = 'actions'
      -- Of the log alone, so that of most rows nothing else is read.
      and (stands_for((d.draft).tool, substr(l.action, 14)) or stands_for((d.old).tool, substr(l.action, 14)))
      and ((d.draft).agent_id is null or l.agent_id in ((d.draft).agent_id, (d.old).agent_id)
        or (d.old).policy_id is not null and (d.old).agent_id is null)
      and (is_about_call(d.draft, w.agent_id, w.skill, a.tool) or is_about_call(d.old, w.agent_id, w.skill, a.tool))
    order by l.seen_at desc limit most
  ), begun as (
    select a.workflow_id, as_request(a) as q, false as asks, l.at, a.cleared_by as by
    from (select action_id, max(at) as at from logged group by action_id) l join actions a using (action_id)
  ), asked as (
    select q.workflow_id, as_asked(q) as q, not q.by_gate as asks, q.asked_at as at, q.decided_by as by
    from d, approval_queue q join workflow_checkpoints w on w.workflow_id = q.workflow_id
    where q.asked_at > now() - make_interval(days => days)
      and (is_about_call(d.draft, w.agent_id, w.skill, q.tool) or is_about_call(d.old, w.agent_id, w.skill, q.tool))
    order by q.asked_at desc limit most
  ), newest as materialized (
    select * from (select * from begun union all select * from asked) c order by at desc limit most
  ), sized as (
    select n.*, sum(unpacked_size((n.q).arguments)) over (order by n.at desc rows unbounded preceding) as read from newest n
  ), looked_at as (
    select * from sized where read <= 32 * 1024 * 1024
  ), ruled as materialized (
    select c.*, w.agent_id, d.draft, is_about_call(d.draft, w.agent_id, w.skill, (c.q).tool) as meant,
      policy_under(d.draft, w.agent_id, w.skill, (c.q).tool) as p, policy_for(w.agent_id, w.skill, (c.q).tool) as now_p
    from d, looked_at c join workflow_checkpoints w using (workflow_id)
  ), met as materialized (
    select r.*, met_by(r.q, r.p, r.asks, r.at) as meets,
      ((r.p).policy_id, (r.p).version) is not distinct from ((r.now_p).policy_id, (r.now_p).version) as same_rule
    from ruled r
  ), told as (
    -- A yes that stands for calls to come ends with the version that it was given under.
    select m.*, m.same_rule or not is_standing(m.by) and m.meets = met_by(m.q, m.now_p, m.asks, m.at) as unchanged
    from met m
  )
  select jsonb_build_object('runId', m.workflow_id, 'agentId', m.agent_id, 'kind', (m.q).kind, 'tool', (m.q).tool,
      'target', left((m.q).target, 200), 'at', m.at, 'asked', m.asks, 'unchanged', m.unchanged, 'meets',
      case when m.meant and (m.p).policy_id <> (m.draft).policy_id then jsonb_build_object('would', 'other', 'policy', (m.p).name)
        else m.meets end),
    count(*) over ()::integer + (most <= (select count(*) from logged) or exists (select from sized where read > 32 * 1024 * 1024))::integer
  from told m order by m.unchanged, m.at desc
$$;

-- The runs of the last days that a draft's check-in is about, at most so many of the newest: when each would first have
-- paused, and why; null: not at all. A look is what a person did with the run, as it is live. Of events so many are read as
-- the time of a page allows, those of runs that have very many last: no run keeps the others from being told.
create or replace function preview_check_ins(spec jsonb, days integer, most integer) returns table (run jsonb, counted integer)
language sql stable security definer set search_path from current as $$
  with d as materialized (
    select draft, now() - make_interval(days => days) as from_then from draft_of(null, spec) draft
  ), newest as (
    select l.workflow_id, l.agent_id, w.goal, least(w.created_at, l.began_at) as began, l.began_at,
      coalesce(l.ended_at, now()) as ended, w.seq, count(*) over ()::integer as counted
    from d, run_lives l join workflow_checkpoints w using (workflow_id)
    where coalesce(l.ended_at, now()) > d.from_then and is_about_run(d.draft, l.agent_id, w.skill)
  ), lives as materialized (
    select * from (
      select n.*, sum(n.seq) over (order by n.seq > 50000, n.began_at desc rows unbounded preceding) as read from newest n) n
    where read <= 250000 or read = seq order by seq > 50000, began_at desc limit most
  ), told as materialized (
    -- The little of each event that counts, so that it is sorted without its state.
    select l.workflow_id, l.began, l.ended, e.seq, e.at, e.state ->> 'status' as status, (e.state ->> 'steps')::integer as steps,
      is_someone(e.actor) and e.kind not in ('limits.raised', 'action.settled') as is_look
    from lives l join run_events e using (workflow_id)
  ), stretches as (
    -- From one event of a run to the next it is as the first left it.
    select t.*, lead(at, 1, ended) over run as until, count(*) filter (where is_look) over run as looks
    from told t window run as (partition by workflow_id order by seq)
  ), unlooked as (
    select s.*, case when looks = 0 then began else min(at) over look end as looked,
      steps - case when looks = 0 then 0 else min(steps) over look end as since
    from stretches s window look as (partition by workflow_id, looks)
  ), due as materialized (
    select u.workflow_id, greatest(u.at, d.from_then) as at, steps_up(d.draft, u.since) as by_steps, hours_up(d.draft, u.looked) as hours
    from d, unlooked u
    where u.status in ('queued', 'running', 'approved') and u.until > d.from_then
      and (steps_up(d.draft, u.since) or hours_up(d.draft, u.looked) < u.until)
  ), first_due as materialized (
    select distinct on (workflow_id) workflow_id, case when by_steps then at else greatest(at, hours) end as at, by_steps
    from due order by workflow_id, 2
  )
  select jsonb_build_object('runId', l.workflow_id, 'agentId', l.agent_id, 'goal', left(l.goal, 200), 'at', f.at,
      'by', case when f.at is null then null when f.by_steps then 'steps' else 'hours' end), l.counted
  from lives l left join first_due f using (workflow_id) order by f.at nulls last, l.began desc
$$;

grant execute on function
  preview_calls(uuid, jsonb, integer, integer), preview_check_ins(jsonb, integer, integer)
  to holdpoint_server;
