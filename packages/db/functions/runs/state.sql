-- A run's state, as its events carry it, as screens read it and as the log keeps it.

create or replace function is_final(status text) returns boolean
language sql immutable parallel safe as
$$ select status in ('complete', 'failed', 'killed') $$;

-- A run's small state as events carry it and screens read it (packages/protocol, interface Run). Whoever stores it
-- sets TimeZone, because a client chooses its own. What is asked for is looked up only for a run that waits for an
-- answer.
create or replace function run_state(r workflow_checkpoints) returns jsonb
language sql stable as $$
  select jsonb_build_object(
    'id', r.workflow_id, 'agentId', r.agent_id, 'parentId', r.parent_id, 'rootId', coalesce(r.root_id, r.workflow_id),
    'goal', left(r.goal, 300), 'skill', r.skill, 'skillVersion', r.skill_version, 'loop', r.loop, 'labels', r.labels,
    'engine', r.engine, 'worker', r.worker,
    'status', r.status, 'statusSince', r.status_since, 'heldBy', to_jsonb(r.held_by),
    'stopReason', r.stop_reason, 'stopDetail', r.stop_detail,
    'asks', case when 'approval' = any (r.held_by) then asked_of(r.workflow_id) end,
    'step', r.current_step, 'stepSince', r.step_since, 'steps', r.steps,
    'tool', r.current_tool, 'toolTarget', r.tool_target, 'toolSince', r.tool_since, 'waitingOn', r.waiting_on,
    'spend', jsonb_build_object('tokensIn', r.tokens_in, 'tokensOut', r.tokens_out, 'costUsd', r.cost_usd),
    'limits', jsonb_build_object('tokens', r.limit_tokens, 'costUsd', r.limit_cost_usd, 'steps', r.limit_steps,
      'deadline', r.deadline_at),
    'drift', r.drift, 'control', r.control, 'epoch', r.epoch, 'seq', r.seq, 'lastEvent', r.last_event,
    'createdAt', r.created_at)
$$;

-- The request that a run waits for, the first of several: {approvalId, kind, tool, target, changes}; null: none. The
-- agent's claim.
create or replace function asked_of(run uuid) returns jsonb
language sql stable as $$
  select jsonb_build_object('approvalId', q.approval_id, 'kind', q.kind, 'tool', left(q.tool, 200), 'target', left(q.target, 200),
    'changes', change_of(q.kind, q.arguments))
  from run_holds h join approval_queue q on q.approval_id = h.approval_id
  where h.workflow_id = run and h.cleared_at is null
  order by h.opened_at, h.hold_id limit 1
$$;

-- What a person is shown of a run that has not ended; the reading of it is `runState` in the protocol.
create or replace function shown_state(r workflow_checkpoints) returns text
language sql immutable as $$
  select case
    when r.status = 'running' then case when coalesce(r.waiting_on, 'null') = 'null' then 'running' else 'waiting' end
    when r.status = 'paused' then case when r.stop_reason = 'AWAITING_APPROVAL' then 'needs_approval' else 'paused' end
    else r.status
  end
$$;

-- A time as sentences have it, to the second.
create or replace function shown_time(at timestamptz) returns text
language sql stable as $$ select to_char(at at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS"Z"') $$;

-- What an audit row keeps of a run before and after a verb.
create or replace function held_state(r workflow_checkpoints) returns jsonb
language sql immutable as $$
  select jsonb_build_object('status', r.status, 'heldBy', r.held_by, 'stopReason', r.stop_reason, 'seq', r.seq)
$$;

grant execute on function is_final(text), run_state(workflow_checkpoints), asked_of(uuid) to holdpoint_server;
