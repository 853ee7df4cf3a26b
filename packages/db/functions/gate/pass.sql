-- What the gate looks at in the moment in which it lets an action begin, and how it says no.

-- The gate's one conditional update: it waits for whoever holds the row (a pause, a kill), then looks at the row as it
-- is now, and moves it only if the run may go on; a tool that a policy gates, or that people answered about, does not
-- pass uncleared. Asked under the policies that are in force now: an update that waits for the row sees those of the
-- moment in which it began to wait, so they are looked at once more. Returns the run's agent when the action may begin,
-- else null.
create or replace function pass_gate(run uuid, caller_epoch integer, a actions, cleared boolean) returns text
language plpgsql as $$
declare
  agent text;
  its_skill text;
begin
  if current_setting('transaction_isolation') <> 'read committed' then perform assert_policies_seen(); end if;
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
    returning w.agent_id, w.skill into agent, its_skill;
  if agent is not null and not cleared and exists (select from approval_policies p
      where p.current and p.gate and is_about_call(p, agent, its_skill, a.tool)) then
    raise exception 'a policy for % came into force while run % was waited for: nothing was written', a.tool, run
      using errcode = '40001', hint = 'Ask the gate again.';
  end if;
  return agent;
end $$;

-- The hex form of a SHA-256; a regular expression would cost more than the rest of the gate's checks.
create or replace function is_digest(text) returns boolean
language sql immutable parallel safe as
$$ select char_length($1) = 64 and translate($1, '0123456789abcdef', '') = '' $$;

create or replace function denied(code text, why text) returns jsonb
language sql immutable as $$ select jsonb_build_object('decision', 'deny', 'code', code, 'why', why) $$;

-- Why a run may not go on right now, as the gate's answer, or null when it may.
create or replace function refusal(r workflow_checkpoints, caller_epoch integer) returns jsonb
language sql stable as $$
  select case
    when is_final(r.status) then jsonb_build_object('decision', 'deny', 'code', 'RUN_ENDED',
      'why', format('the run is %s%s', r.status, coalesce(': ' || r.stop_detail, '')))
    when r.epoch is distinct from caller_epoch then jsonb_build_object('decision', 'deny', 'code', 'FENCED',
      'why', format('another worker holds the run (epoch %s, yours is %s)', r.epoch, caller_epoch))
    when r.status = 'lost' then jsonb_build_object('decision', 'deny', 'code', 'FENCED',
      'why', 'the lease ran out; claim the run again')
    when cardinality(r.held_by) > 0 or r.status = 'paused' then jsonb_build_object('decision', 'hold',
      'stopReason', r.stop_reason, 'why', r.stop_detail)
  end
$$;

-- Why the gate did not let an action pass; null when by now it would. Tells the worker of a hold only once.
create or replace function gate_refusal(run uuid, caller_epoch integer) returns jsonb
language plpgsql as $$
declare
  r workflow_checkpoints := lock_own_run(run);
  no jsonb := refusal(r, caller_epoch);
begin
  if no is not null then
    perform note_gate_told(r, caller_epoch);
  elsif r.engine <> 'sql' and not has_worker(run) then
    no := jsonb_build_object('decision', 'deny', 'code', 'FENCED', 'why', 'the lease ran out; claim the run again');
  end if;
  return no;
end $$;

-- The gate told a worker that its run is held or killed: that is delivery and acknowledgement, once.
create or replace function note_gate_told(r workflow_checkpoints, caller_epoch integer) returns void
language plpgsql as $$
begin
  if r.control ->> 'verb' in ('pause', 'kill') and r.control ->> 'acknowledgedAt' is null and r.epoch = caller_epoch
      and (cardinality(r.held_by) > 0 or r.status = 'killed') then
    update workflow_checkpoints set control = control_reached(r.control, 'acknowledged'),
      event_hint = jsonb_build_object('kind', 'control.acknowledged', 'detail', jsonb_build_object('outcome', r.control ->> 'verb'))
      where workflow_id = r.workflow_id;
  end if;
end $$;

-- A refusal that people should see: an event, and a row of the log that says what was refused and why. It names an
-- action only where an earlier attempt made it one. Returns the gate's answer.
create or replace function note_refusal(run uuid, a actions, call jsonb, no jsonb) returns jsonb
language plpgsql as $$
begin
  update workflow_checkpoints w set event_hint = jsonb_build_object('kind', 'action.refused', 'actor', 'agent:' || w.agent_id,
      'detail', jsonb_strip_nulls(jsonb_build_object('tool', a.tool, 'target', left(a.target, 200), 'step', a.step,
        'outcome', no ->> 'code', 'why', left(no ->> 'why', 500), 'approvalId', call ->> 'approval')))
    where workflow_id = run;
  insert into agent_audit_log (agent_id, workflow_id, action, target_table, target_row_id, data_after, data_timestamp, actor)
    select w.agent_id, run, 'action.refuse ' || coalesce(a.tool, ''), 'actions',
      (select x.action_id::text from actions x where x.action_id = a.action_id),
      jsonb_strip_nulls(jsonb_build_object('tool', a.tool, 'target', left(a.target, 200), 'step', a.step,
        'digest', left(call ->> 'digest', 64), 'code', no ->> 'code', 'why', left(no ->> 'why', 2000),
        'approval', left(call ->> 'approval', 100))),
      clock_timestamp(), 'agent:' || w.agent_id
    from workflow_checkpoints w where w.workflow_id = run;
  return no;
end $$;

-- The gate stops the run until a person has looked; returns the gate's answer. The caller holds the run's lock.
create or replace function hold_at_gate(run uuid, hold_kind text, reason text, why text, action uuid default null) returns jsonb
language plpgsql as $$
begin
  insert into run_holds (workflow_id, kind, stop_reason, opened_by, why, action_id)
    values (run, hold_kind, reason, 'holdpoint', why, action) on conflict do nothing;
  perform settle_run(run, jsonb_build_object('actor', 'holdpoint', 'otherwise', 'hold.opened', 'detail',
    jsonb_strip_nulls(jsonb_build_object('hold', hold_kind, 'why', why, 'actionId', action))));
  return jsonb_build_object('decision', 'hold', 'stopReason', reason, 'why', why);
end $$;
