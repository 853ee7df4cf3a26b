-- A preview took the newest calls first and asked afterwards whether its draft was about them: a draft for one skill or one
-- agent found none where others call more, and did not say that it had left some out.

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
    select q.workflow_id, as_asked(q) as q, not q.by_gate as asks, q.requested_at as at, q.decided_by as by
    from d, approval_queue q join workflow_checkpoints w on w.workflow_id = q.workflow_id
    where q.requested_at > now() - make_interval(days => days)
      and (is_about_call(d.draft, w.agent_id, w.skill, q.tool) or is_about_call(d.old, w.agent_id, w.skill, q.tool))
    order by q.requested_at desc limit most
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
    select m.*, m.same_rule or coalesce(m.by, '') not like 'rule:%' and m.meets = met_by(m.q, m.now_p, m.asks, m.at) as unchanged
    from met m
  )
  select jsonb_build_object('runId', m.workflow_id, 'agentId', m.agent_id, 'kind', (m.q).kind, 'tool', (m.q).tool,
      'target', left((m.q).target, 200), 'at', m.at, 'asked', m.asks, 'unchanged', m.unchanged, 'meets',
      case when m.meant and (m.p).policy_id <> (m.draft).policy_id then jsonb_build_object('would', 'other', 'policy', (m.p).name)
        else m.meets end),
    count(*) over ()::integer + (most <= (select count(*) from logged) or exists (select from sized where read > 32 * 1024 * 1024))::integer
  from told m order by m.unchanged, m.at desc
$$;

-- As before; what has no deadline is told to have none, not one of no seconds.
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
