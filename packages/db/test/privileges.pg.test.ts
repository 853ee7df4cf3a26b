import { expect, test } from 'vitest'

import { openContract } from './support/contract.ts'

// Least privilege, written out: a new grant is a decision, and it is made by adding it here.
const db = await openContract()

const agentMay = `
SELECT actions, agent_audit_log, approval_queue, grades, loop_firings, loops, run_holds, run_steps, run_transitions, task_results, tasks, workflow_checkpoints
INSERT agent_audit_log (log_id agent_id workflow_id action target_table target_row_id data_before data_after data_timestamp credentials logged_at)
INSERT approval_queue (approval_id workflow_id requested_by requested_at tool target arguments digest agent_reason reversible risk expires_at kind arguments_schema consequence allowed assignees on_expiry)
INSERT task_results (task_id output completed_at)
INSERT tasks (id status agent_id updated_at workflow_id)
INSERT workflow_checkpoints (workflow_id agent_id current_step step_input paused_at resumed_at status created_at parent_id goal skill skill_version labels current_tool tool_target waiting_on tokens_in tokens_out cost_usd limit_tokens limit_cost_usd limit_steps deadline_at loop due_at)
UPDATE tasks (status updated_at workflow_id)
UPDATE workflow_checkpoints (current_step step_input paused_at resumed_at status goal labels current_tool tool_target waiting_on tokens_in tokens_out cost_usd)
`
const serverMay = `
SELECT action_attempts, actions, agent_audit_log, agent_logins, approval_policies, approval_queue, approval_votes, detections, drift_points, drift_policies, drift_position, drift_runs, end_counts, event_counts, event_marks, fleet_samples, grades, history_agents, history_position, leader_leases, loop_firings, loops, notification_channels, notification_tail, notifications, operator_identities, operators, run_events, run_events_MONTH, run_events_default, run_holds, run_leases, run_lives, run_memory, run_steps, run_transitions, run_words, saved_views, schema_functions, schema_migration_lease, schema_migrations, sign_in_ways, standing_approvals, step_attempts, task_results, tasks, workflow_checkpoints
SELECT api_tokens (name scopes agents made_by made_at expires_at last_used_at revoked_at revoked_by)
SELECT operator_passwords (operator set_at)
SELECT operator_sessions (session_id operator method user_agent address began_at last_seen_at expires_at ended_at ended_by)
INSERT leader_leases
UPDATE leader_leases
`
const agentCalls = `
begin_action(uuid,integer,jsonb) begin_action_checked(uuid,integer,jsonb) moved(jsonb) refuse_drift(uuid,integer,jsonb,text) begin_step(uuid,integer,text,integer,jsonb) claim_next(text,text,integer,jsonb)
claim_run(uuid,text,integer,jsonb) control_ack(uuid,integer,text) declare_loop(jsonb) end_action(uuid,integer,uuid,jsonb) end_run(uuid,integer,text,text,text)
end_step(uuid,integer,text,integer,jsonb) enqueue_run(jsonb) heartbeat(text,uuid[],integer) is_trial_login() may_act_as(text)
own_agent() owned_agents() release_run(uuid,integer,text) report_progress(uuid,integer,jsonb) start_run(jsonb)
`
const serverCalls = `
blocking_sessions(integer) open_run_transactions(integer) change_of(text,jsonb) count_history(integer) decide_approval(uuid,text,text,text,integer,jsonb,jsonb,jsonb) why_not_answer(uuid,text,text) answers_of(uuid,text) asked_of(uuid) lacks_people(uuid) look_for_people(uuid,integer) still_stands(uuid) delegate_approval(uuid,text,text,text,integer)
escalate_approval(uuid,text,text[],text,integer) own_agent_login(text,text,text) policy_json(approval_policies)
preview_calls(uuid,jsonb,integer,integer) preview_check_ins(jsonb,integer,integer) said_version(jsonb)
retire_policy(uuid,text,text) revoke_standing_approval(uuid,text,text) save_policy(uuid,text,jsonb,text,integer) expire_approvals(integer) extend_approval(uuid,text,timestamptz,text,integer) hold_for_check_in(integer) look_at_run(uuid,text) end_agent_sessions(text,text,text)
add_operator(text,text[],text[],text,text) callers_of(bytea[]) change_operator(text,text[],text[],text,text)
disable_operator(text,text,text) enable_operator(text,text) end_sign_in(uuid,text) end_sign_ins(text,text,uuid)
make_sign_in_link(bytea,text,integer,text) make_token(text,bytea,text[],text[],timestamptz,text) note_seen(bytea[])
password_salt(text,text) sign_in_with_password(text,bytea,bytea,text,text)
set_password(text,bytea,bytea,jsonb,bytea,uuid,text) remove_password(text,text)
allow_passwords(boolean,text) unbind_identity(text,text,text,uuid) sign_in_waits() vote_void_since(text,text,timestamptz) is_behind(approval_queue,text)
may_try_identity(text) refuse_identity(text,text,text) sign_in_with_identity(bytea,text,text,text,boolean,bytea,text,text)
revoke_token(text,text) use_sign_in_link(bytea,bytea,text,text)
end_session(integer,text,text) events_between(pg_snapshot,pg_snapshot) fresh_events(timestamptz,timestamptz) hold_agent_runs(text,text,text,integer) is_final(text) is_operator()
kill_run(uuid,text,text,integer)
lock_agent_login(text,text,text) make_event_partitions(integer) pause_run(uuid,text,text)
raise_limits(uuid,text,jsonb,text) record_fleet_sample() release_agent(text,text,text) remove_view(text,text) resume_run(uuid,text,text) retire_loop(text,text,text,text) run_state(workflow_checkpoints)
span_of(timestamptz,timestamptz) word_keys(integer,text,text[]) word_query(integer,text[],jsonb) word_tags(text,text,text,text) words_of(workflow_checkpoints)
save_view(text,text,text) settle_action(uuid,text,boolean,text,jsonb) sweep_lost_runs(integer)
tend_loop(text,text,timestamptz,timestamptz,timestamptz,timestamptz[],text)
find_drift_work(text,integer) record_drift(uuid,jsonb) show_drift(integer) judge_detection(uuid,text,boolean,text)
resume_judged(uuid,text,boolean,text) save_drift_policy(text,jsonb,boolean,text,text,integer)
claim_notifications(integer,integer,integer,integer) collect_notifications(jsonb) forget_old_notifications(integer)
remove_channel(uuid,text) retry_notifications(uuid,text) save_channel(uuid,jsonb,bytea,text)
settle_notification(uuid,uuid,text,boolean,integer,integer) test_channel(uuid,text)
`

interface Grant {
  role: string
  privilege: string
  object: string
  columns: string | null
}

/** Every grant on a table or column of ours to anyone but the owner, as `PRIVILEGE table (columns)`. */
async function tableGrants(role: string): Promise<string[]> {
  const { rows } = await db.admin.query<Grant>(
    `with ours as (select c.oid, c.relname, c.relacl from pg_class c
       where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f'))
     select a.grantee::regrole::text as role, a.privilege_type as privilege, o.relname as object, null as columns
       from ours o, aclexplode(o.relacl) a
     union all
     select a.grantee::regrole::text, a.privilege_type, o.relname, string_agg(c.attname, ' ' order by c.attnum)
       from ours o join pg_attribute c on c.attrelid = o.oid, aclexplode(c.attacl) a group by 1, 2, 3`,
  )
  const mine = rows.filter((grant) => grant.role === role)
  const whole = new Map<string, Set<string>>()
  const partly: string[] = []
  for (const { privilege, object, columns } of mine) {
    const name = object.replace(/_\d{4}_\d\d$/, '_MONTH')
    if (columns !== null) partly.push(`${privilege} ${name} (${columns})`)
    else whole.set(privilege, (whole.get(privilege) ?? new Set()).add(name))
  }
  const lines = [...whole].map(
    ([privilege, names]) => `${privilege} ${[...names].toSorted().join(', ')}`,
  )
  return [...lines, ...partly].toSorted()
}

const lines = (text: string): string[] => text.trim().split('\n').toSorted()
const words = (text: string): string[] => text.trim().split(/\s+/).toSorted()

async function callable(role: string): Promise<string[]> {
  const { rows } = await db.admin.query<{ name: string }>(
    `select p.oid::regprocedure::text as name from pg_proc p
      where p.pronamespace = current_schema()::regnamespace and has_function_privilege($1, p.oid, 'execute')`,
    [role],
  )
  return rows
    .map(({ name }) =>
      name.replace(/^[^(]*\./, '').replaceAll('timestamp with time zone', 'timestamptz'),
    )
    .toSorted()
}

test.each([
  ['agent_worker', agentMay],
  ['holdpoint_server', serverMay],
  ['holdpoint_custodian', ''],
  // Everyone.
  ['-', ''],
])('%s reaches these tables and columns, and no others', async (role, may) => {
  expect(await tableGrants(role)).toEqual(may === '' ? [] : lines(may))
})

test.each([
  ['agent_worker', agentCalls],
  ['holdpoint_server', serverCalls],
  ['holdpoint_custodian', ''],
])('%s may call these functions, and no others', async (role, may) => {
  expect(await callable(role)).toEqual(may === '' ? [] : words(may))
})

test('nobody else was granted anything', async () => {
  const { rows } = await db.admin.query(
    `select distinct a.grantee::regrole::text as role from pg_class c, aclexplode(c.relacl) a
      where c.relnamespace = current_schema()::regnamespace
     union select a.grantee::regrole::text from pg_proc p, aclexplode(p.proacl) a
      where p.pronamespace = current_schema()::regnamespace
     union select a.grantee::regrole::text from pg_namespace n, aclexplode(n.nspacl) a
      where n.oid = current_schema()::regnamespace order by 1`,
  )
  expect(rows.map(({ role }) => role as string)).toEqual([
    'agent_worker',
    'holdpoint_custodian',
    'holdpoint_owner',
    'holdpoint_server',
  ])
})

test('nobody but the owner may make anything in our schema', async () => {
  const { rows } = await db.admin.query(
    `select r.rolname from pg_roles r where not r.rolsuper and r.rolname <> 'holdpoint_owner'
       and has_schema_privilege(r.oid, current_schema()::regnamespace, 'create') order by 1`,
  )
  // Members of the group that owns databases are Postgres' own and have no members here.
  expect(rows).toEqual([])
})

test('what a later migration creates starts closed', async () => {
  const client = await db.owner.connect()
  await client.query(
    'begin; create function later() returns integer language sql as $$ select 1 $$; create table later_too (a int)',
  )
  const { rows } = await client.query(
    `select has_function_privilege('agent_worker', 'later()', 'execute') as call,
            has_table_privilege('agent_worker', 'later_too', 'select') as read,
            has_table_privilege('holdpoint_server', 'later_too', 'update') as write`,
  )
  expect(rows).toEqual([{ call: false, read: false, write: false }])
  await client.query('rollback')
  client.release()
})

test('every table that agents reach shows each agent its own rows only', async () => {
  const { rows } = await db.admin.query<{ name: string }>(
    `select c.relname as name from pg_class c
      where c.relnamespace = current_schema()::regnamespace and not c.relrowsecurity and c.relkind in ('r', 'p')
        and has_any_column_privilege('agent_worker', c.oid, 'select, insert, update')`,
  )
  // The table of transitions is the same for everyone.
  expect(rows.map(({ name }) => name)).toEqual(['run_transitions'])
})

test('every function that runs with the rights of its owner pins what names mean', async () => {
  const { rows } = await db.admin.query(
    `select p.oid::regprocedure::text as name from pg_proc p
      where p.pronamespace = current_schema()::regnamespace and p.prosecdef
        and not coalesce(p.proconfig @> array['search_path=' || quote_ident(current_schema()) || ', pg_temp'], false)`,
  )
  expect(rows).toEqual([])
})

test.each([
  ['an agent', () => db.loginOf('alpha')],
  ['the trial agent', () => decodeURIComponent(new URL(db.trialUrl).username)],
  ['the server', () => decodeURIComponent(new URL(db.serverUrl).username)],
])('the login of %s has no right of its own', async (_, login) => {
  const { rows } = await db.admin.query(
    `select rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls as strong,
            array(select m.roleid::regrole::text || case when m.set_option or m.admin_option then ' with set' else '' end
              from pg_auth_members m where m.member = r.oid) as groups
       from pg_roles r where rolname = $1`,
    [login()],
  )
  expect(rows).toHaveLength(1)
  expect(rows[0]).toMatchObject({ strong: false })
  expect((rows[0] as { groups: string[] }).groups.join()).toMatch(
    /^(agent_worker|holdpoint_server)$/,
  )
})
