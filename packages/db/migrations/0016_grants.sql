-- Least privilege. No role that an agent or the server uses can change or remove an event or an audit row,
-- and no agent can decide, resume or reach another agent's rows.

do $$
declare
  here text := current_schema();
  ours record;
begin
  -- Only what is ours: an adopted schema also holds tables and functions of its owner's.
  for ours in
    select p.oid::regprocedure as name from pg_proc p
    where p.pronamespace = quote_ident(here)::regnamespace and p.proowner = quote_ident(current_user)::regrole
  loop
    execute format('revoke execute on function %s from public', ours.name);
  end loop;
  for ours in
    select c.oid::regclass as name from pg_class c
    where c.relnamespace = quote_ident(here)::regnamespace and c.relowner = quote_ident(current_user)::regrole and c.relkind in ('r', 'p', 'v')
  loop
    execute format('revoke all on table %s from public, agent_worker, holdpoint_server, holdpoint_custodian', ours.name);
    -- The server reads everything; it changes only through verbs.
    execute format('grant select on table %s to holdpoint_server', ours.name);
  end loop;
  execute format('revoke create on schema %I from public', here);
  execute format('grant usage on schema %I to agent_worker, holdpoint_server, holdpoint_custodian', here);
  -- What later migrations create starts closed, too. (In one schema alone this default cannot be revoked.)
  alter default privileges revoke execute on functions from public;
end $$;

-- Agents: the field's tables by column, DELETE nowhere.
grant select on workflow_checkpoints, approval_queue, tasks, task_results, agent_audit_log, run_holds, actions,
  run_steps, run_transitions to agent_worker;
grant insert (workflow_id, agent_id, current_step, step_input, paused_at, resumed_at, status, created_at,
    parent_id, goal, skill, skill_version, labels, current_tool, tool_target, waiting_on, tokens_in, tokens_out, cost_usd,
    limit_tokens, limit_cost_usd, limit_steps, deadline_at),
  update (current_step, step_input, paused_at, resumed_at, status, goal, labels, current_tool, tool_target, waiting_on,
    tokens_in, tokens_out, cost_usd)
  on workflow_checkpoints to agent_worker;
grant insert (approval_id, workflow_id, requested_by, requested_at, tool, target, arguments, digest, agent_reason,
    reversible, risk, expires_at)
  on approval_queue to agent_worker;
grant insert (id, status, agent_id, updated_at, workflow_id), update (status, updated_at, workflow_id) on tasks to agent_worker;
grant insert (task_id, output, completed_at) on task_results to agent_worker;
grant insert (log_id, agent_id, workflow_id, action, target_table, target_row_id, data_before, data_after, data_timestamp,
    credentials, logged_at)
  on agent_audit_log to agent_worker;
grant execute on function own_agent(), owned_agents(), is_trial_login(), may_act_as(text),
  start_run(jsonb), claim_run(uuid, text, integer), heartbeat(text, uuid[], integer),
  begin_step(uuid, integer, text, integer, jsonb), end_step(uuid, integer, text, integer, jsonb),
  begin_action(uuid, integer, jsonb), end_action(uuid, integer, uuid, jsonb),
  report_progress(uuid, integer, jsonb), end_run(uuid, integer, text, text, text), control_ack(uuid, integer, text)
  to agent_worker;

grant execute on function is_operator(), run_state(workflow_checkpoints), is_final(text),
  pause_run(uuid, text, text), resume_run(uuid, text, text), kill_run(uuid, text, text, integer),
  decide_approval(uuid, text, text, text),
  lock_agent_login(text, text, text), end_agent_sessions(text), hold_agent_runs(text, text, text, integer),
  release_agent(text, text, text), blocking_sessions(integer), end_session(integer, text, text),
  sweep_lost_runs(integer), make_event_partitions(integer)
  to holdpoint_server;

-- An agent's login sees and writes its own agent's rows. The sub-selects run once per statement, not per row.
alter table workflow_checkpoints enable row level security;
alter table approval_queue enable row level security;
alter table tasks enable row level security;
alter table task_results enable row level security;
alter table agent_audit_log enable row level security;
alter table run_holds enable row level security;
alter table actions enable row level security;
alter table run_steps enable row level security;

create policy own_agent on workflow_checkpoints to agent_worker
  using (agent_id = (select own_agent())
    or ((select is_trial_login()) and agent_id <> all ((select owned_agents())::text[])));
create policy own_agent on tasks to agent_worker
  using (agent_id = (select own_agent())
    or ((select is_trial_login()) and agent_id <> all ((select owned_agents())::text[])));
create policy own_agent on agent_audit_log to agent_worker
  using (agent_id = (select own_agent())
    or ((select is_trial_login()) and agent_id <> all ((select owned_agents())::text[])));
create policy own_agent on task_results to agent_worker
  using (exists (select from tasks t where t.id = task_id));
create policy own_agent on approval_queue to agent_worker
  using (exists (select from workflow_checkpoints w where w.workflow_id = approval_queue.workflow_id));
create policy own_agent on run_holds to agent_worker
  using (exists (select from workflow_checkpoints w where w.workflow_id = run_holds.workflow_id));
create policy own_agent on actions to agent_worker
  using (exists (select from workflow_checkpoints w where w.workflow_id = actions.workflow_id));
create policy own_agent on run_steps to agent_worker
  using (exists (select from workflow_checkpoints w where w.workflow_id = run_steps.workflow_id));

create policy server_reads on workflow_checkpoints for select to holdpoint_server using (true);
create policy server_reads on approval_queue for select to holdpoint_server using (true);
create policy server_reads on tasks for select to holdpoint_server using (true);
create policy server_reads on task_results for select to holdpoint_server using (true);
create policy server_reads on agent_audit_log for select to holdpoint_server using (true);
create policy server_reads on run_holds for select to holdpoint_server using (true);
create policy server_reads on actions for select to holdpoint_server using (true);
create policy server_reads on run_steps for select to holdpoint_server using (true);
