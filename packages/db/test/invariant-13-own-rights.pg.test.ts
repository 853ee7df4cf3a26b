import { describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { faultsOf } from './support/history.ts'
import * as operators from './support/operators.ts'
import { outcomeOf } from './support/refusal.ts'

// Invariant 13: an agent cannot approve, resume or widen itself, nor touch another agent's runs.
const db = await openContract()
const denied = '42501'

describe('an agent cannot write what is not its own to say', () => {
  const columns = {
    workflow_checkpoints: [
      "event_hint = '{}'",
      "held_by = '{}'",
      'resume_to = null',
      'seq = 1',
      'epoch = 7',
      "engine = 'sdk'",
      "control = '{}'",
      'stop_reason = null',
      "stop_detail = 'x'",
      "last_event = '{}'",
      'limit_tokens = 1000000',
      'limit_cost_usd = 1000000',
      'limit_steps = 1000',
      "deadline_at = '2100-01-01'",
      'drift = 0',
      'steps = 0',
      "agent_id = 'beta'",
      'parent_id = null',
      'root_id = null',
      "worker = 'w'",
      'status_since = now()',
      "capabilities = '{}'",
      'enqueued_at = now()',
      "loop = 'other'",
      'due_at = now()',
    ],
    approval_queue: [
      "decision = 'approved'",
      "decided_by = 'me'",
      'closed_at = null',
      'expires_at = null',
      "arguments = '{}'",
    ],
    run_holds: ['cleared_at = now()', "kind = 'self'"],
    actions: ["state = 'confirmed'", "digest = 'x'", "settled_by = 'operator:ana'"],
    run_steps: ["state = 'done'"],
    action_attempts: ["state = 'failed'"],
    step_attempts: ["state = 'failed'"],
    loops: ['next_due_at = null', 'tended_until = now()'],
    loop_firings: ['fired_at = null'],
    saved_views: ["search = ''"],
    fleet_samples: ["counts = '{}'"],
    task_results: ["output = '{}'"],
    run_transitions: ["taken_by = 'agent'"],
    run_leases: ["lease_until = 'infinity'"],
    run_memory: ["memory = '{}'"],
    agent_logins: ["agent_id = 'beta'", 'isolated_at = null'],
  }
  test.each(Object.entries(columns))('%s', async (table, changes) => {
    for (const change of changes) {
      expect([change, await outcomeOf(db.alpha.query(`update ${table} set ${change}`))]).toEqual([
        change,
        denied,
      ])
    }
    expect(await outcomeOf(db.alpha.query(`delete from ${table}`))).toBe(denied)
    expect(await outcomeOf(db.alpha.query(`truncate ${table} cascade`))).toBe(denied)
  })

  test.each([
    "into workflow_checkpoints (agent_id, event_hint) values ('alpha', '{}')",
    "into workflow_checkpoints (agent_id, epoch) values ('alpha', 3)",
    "into workflow_checkpoints (agent_id, engine) values ('alpha', 'sdk')",
    "into workflow_checkpoints (agent_id, worker) values ('alpha', 'w')",
    "into workflow_checkpoints (agent_id, enqueued_at) values ('alpha', now())",
    'into action_attempts default values',
    'into step_attempts default values',
    'into loop_firings default values',
    'into run_events default values',
    'into run_holds default values',
    'into actions default values',
    'into run_leases default values',
    "into agent_logins (login) values ('x')",
    "into run_transitions values ('paused', 'running', 'agent')",
    "into agent_audit_log (agent_id, actor) values ('alpha', 'operator:ana')",
    "into agent_audit_log (agent_id, login) values ('alpha', 'someone')",
    "into agent_audit_log (agent_id, late) values ('alpha', false)",
  ])('insert %s', async (insert) => {
    expect(await outcomeOf(db.alpha.query(`insert ${insert}`))).toBe(denied)
  })

  test.each(['killed', 'lost', 'approved', 'nonsense'])(
    'a run that starts as %s',
    async (status) => {
      expect(await outcomeOf(agents.startPlain(db.alpha, { status }))).toBe('HP003')
    },
  )

  test.each(['killed', 'lost', 'approved', 'queued', 'nonsense'])(
    'a running run set to %s',
    async (status) => {
      const run = await agents.startPlain(db.alpha)
      expect(await outcomeOf(agents.setStatus(db.alpha, run, status))).toBe('HP003')
    },
  )
})

describe('an agent cannot answer its own request', () => {
  const ways: Record<string, (approval: string, run: string) => Promise<unknown>> = {
    'by update': async (id) =>
      db.alpha.query(`update approval_queue set decision = 'approved' where approval_id = $1`, [
        id,
      ]),
    'by an insert that carries the answer': async (_, run) =>
      db.alpha.query(`insert into approval_queue (workflow_id, decision) values ($1, 'approved')`, [
        run,
      ]),
    'by an upsert': async (id, run) =>
      db.alpha.query(
        `insert into approval_queue (approval_id, workflow_id) values ($1, $2)
         on conflict (approval_id) do update set decision = 'approved'`,
        [id, run],
      ),
    'by a merge': async (id) =>
      db.alpha.query(
        `merge into approval_queue q using (select 1) n on q.approval_id = '${id}'
         when matched then update set decision = 'approved'`,
      ),
    'by the function': async (id) =>
      db.alpha.query(`select decide_approval($1, 'operator:ana', 'approved')`, [id]),
    'through the trial login': async (id) =>
      db.trial.query(`select decide_approval($1, 'operator:ana', 'approved')`, [id]),
    'by taking the request away': async (id) =>
      db.alpha.query('delete from approval_queue where approval_id = $1', [id]),
    'by clearing the hold': async (_, run) =>
      db.alpha.query('update run_holds set cleared_at = now() where workflow_id = $1', [run]),
  }
  test.each(Object.entries(ways))('%s', async (_, attack) => {
    const run = await agents.startPlain(db.alpha)
    const approval = await agents.requestApproval(db.alpha, run)
    expect(await outcomeOf(attack(approval, run))).toBe(denied)
    expect(await operators.runOf(db.admin, run)).toMatchObject({
      status: 'paused',
      heldBy: ['approval'],
    })
  })

  test('by setting its run to approved or running', async () => {
    const run = await agents.startPlain(db.alpha)
    await agents.requestApproval(db.alpha, run)
    for (const status of ['approved', 'running', 'queued']) {
      expect(await outcomeOf(agents.setStatus(db.alpha, run, status))).toBe('HP001')
    }
  })

  test('by asking for another one', async () => {
    const run = await agents.startPlain(db.alpha)
    const first = await agents.requestApproval(db.alpha, run)
    await agents.requestApproval(db.alpha, run)
    expect(await operators.decide(db.server, first)).toMatchObject({
      status: 'paused',
      heldBy: ['approval'],
    })
  })
})

describe('an agent cannot become someone else', () => {
  test.each([
    'set role holdpoint_owner',
    'set role holdpoint_server',
    'set role agent_worker',
    "select set_config('role', 'holdpoint_server', false)",
    'set session authorization postgres',
    "select set_config('session_authorization', 'postgres', false)",
    'set session_replication_role = replica',
    "select set_config('session_replication_role', 'replica', false)",
    'alter table workflow_checkpoints disable trigger all',
    'alter table workflow_checkpoints disable row level security',
    'drop trigger guard_run_update on workflow_checkpoints',
    'drop table run_events',
    'create or replace function is_operator() returns boolean language sql as $$ select true $$',
    "create or replace function may_act_as(agent text) returns boolean language sql as 'select true'",
    'create table workflow_checkpoints_2 (a int)',
    'create table public.run_holds (a int)',
    "create function public.now() returns text language sql as 'select 1'",
    'alter role agent_worker superuser',
    'grant holdpoint_server to agent_worker',
    'create policy mine on workflow_checkpoints using (true)',
    'create schema mine',
    'create temp table mine () inherits (workflow_checkpoints)',
    'create rule mine as on update to workflow_checkpoints do instead nothing',
    'create trigger mine before update on workflow_checkpoints for each row execute function suppress_redundant_updates_trigger()',
  ])('%s', async (sql) => {
    const client = await db.alpha.connect()
    // 42501 insufficient privilege; 22023 where the parameter itself says that the role is refused.
    expect(['42501', '22023']).toContain(await outcomeOf(client.query(sql)))
    client.release(true)
  })

  test('a temporary table of the same name shadows nothing that the contract reads', async () => {
    const run = await agents.startPlain(db.alpha)
    await operators.pause(db.server, run)
    const client = await db.alpha.connect()
    await client.query(`create temp table agent_logins (login name, agent_id text, isolated_at timestamptz);
      create temp table run_holds (workflow_id uuid, kind text, cleared_at timestamptz);
      create temp table run_transitions (from_status text, to_status text, taken_by text);
      insert into agent_logins values (session_user, 'beta');
      set search_path = pg_temp, holdpoint, public`)
    expect(await outcomeOf(agents.setStatus(client, run, 'running'))).toBe('HP001')
    expect(await outcomeOf(agents.startPlain(client, { agent: 'beta' }))).toBe('HP004')
    expect(await faultsOf(db.owner, run)).toEqual([])
    client.release(true)
  })

  test('turning row security off is an error, not a way in', async () => {
    const client = await db.alpha.connect()
    await client.query('set row_security = off')
    expect(await outcomeOf(client.query('select 1 from workflow_checkpoints'))).toBe(denied)
    client.release(true)
  })

  test.each([
    "pause_run($1, 'x')",
    "resume_run($1, 'x')",
    "kill_run($1, 'x')",
    "lock_agent_login('beta', 'x')",
    "end_agent_sessions('beta', 'agent:alpha')",
    "hold_agent_runs('beta', 'x')",
    "release_agent('alpha', 'x')",
    'blocking_sessions(1)',
    'open_run_transactions(1)',
    "end_session(1, 'x')",
    'sweep_lost_runs()',
    'make_event_partitions(12)',
    "settle_action($1, 'operator:ana', true, 'it did')",
    "raise_limits($1, 'operator:ana', '{\"tokens\": 1000000}')",
    "save_view('x', '', 'operator:ana')",
    "remove_view('x', 'operator:ana')",
    "retire_loop('alpha', 'x', 'operator:ana')",
    'record_fleet_sample()',
    "tend_loop('alpha', 'x', now(), now())",
    "take_run((select w from workflow_checkpoints w limit 1), 'w', 5000, null)",
    "insert_run('{}', 'running', 'w')",
    "clear_outcome_hold($1, null, 'me', 'x')",
    "hold_at_gate($1, 'budget', 'x', 'x')",
    "register_agent_login('agent_beta', 'alpha')",
    'close_run($1, null, null)',
    "settle_run($1, '{}')",
  ])('it may not call %s', async (call) => {
    const run = await agents.startPlain(db.alpha)
    const sql = call.includes('$1') ? `select ${call.replace('$1', `'${run}'`)}` : `select ${call}`
    expect(await outcomeOf(db.alpha.query(sql))).toBe(denied)
    expect(await outcomeOf(db.trial.query(sql))).toBe(denied)
  })
})
