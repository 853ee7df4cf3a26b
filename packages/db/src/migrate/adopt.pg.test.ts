import { beforeEach, describe, expect, test } from 'vitest'

import { addAgent } from '../logins/agent-login.ts'
import { AdoptionError } from './errors.ts'
import { emptyCluster, query } from './migrate.fixture.ts'
import { migrate } from './migrate.ts'

const cluster = emptyCluster()
let superUrl = ''
let adminUrl = ''

const RUN = '11111111-1111-4111-8111-111111111111'
const ENDED = '22222222-2222-4222-8222-222222222222'

/** Tables as a team may have made them: enums, checks, varchar, an index, and tables of their own beside. */
const FIELD = `
  create type run_status as enum ('running', 'paused', 'approved', 'complete', 'failed');
  create table tasks (id uuid primary key, status varchar(20) check (status in ('pending', 'running', 'complete', 'failed')),
    agent_id varchar(64), updated_at timestamp default now());
  create table task_results (task_id uuid primary key references tasks, output jsonb, completed_at timestamptz);
  create table workflow_checkpoints (workflow_id uuid primary key, agent_id text, current_step text,
    step_input jsonb, paused_at timestamptz, resumed_at timestamptz, status run_status not null default 'running',
    created_at timestamptz default now());
  create table approval_queue (approval_id uuid primary key default gen_random_uuid(),
    workflow_id uuid references workflow_checkpoints, requested_by text,
    decision text check (decision in ('approved', 'rejected')), decided_by text,
    requested_at timestamptz default now(), decided_at timestamptz);
  create table agent_audit_log (log_id uuid primary key default gen_random_uuid(), agent_id text, workflow_id uuid,
    action text, target_table text, target_row_id text, data_before jsonb, data_after jsonb,
    data_timestamp timestamptz, credentials text, logged_at timestamptz default now());
  create table customers (id int primary key, name text);
  create function greeting() returns text language sql as $$ select 'hello' $$;
  create role reader_of_:n nologin;
  grant select on tasks, customers to reader_of_:n;
  insert into customers values (1, 'Ada');
  insert into tasks values ('${RUN}', 'complete', 'billing', now());
  insert into task_results values ('${RUN}', '{"ok": true}', now());
  insert into workflow_checkpoints values
    ('${RUN}', 'billing', 'awaiting_approval', '{"invoice": 7}', now(), null, 'paused', now()),
    ('${ENDED}', 'billing', 'step_9', null, null, null, 'complete', now());
  insert into approval_queue (workflow_id, requested_by) values ('${RUN}', 'billing');
  insert into agent_audit_log (agent_id, workflow_id, action) values ('billing', '${RUN}', 'update');`

let made = 0

beforeEach(async () => {
  superUrl = await cluster().database()
  made += 1
  const team = await cluster().login(superUrl, `team_${made}`, 'createrole')
  await query(superUrl, `alter schema public owner to team_${made}`)
  await query(superUrl, `alter role team_${made} superuser`)
  adminUrl = team
  await query(team, FIELD.replaceAll(':n', String(made)))
  await query(superUrl, `alter role team_${made} nosuperuser`)
})

const counts = `select (select count(*)::int from tasks) as tasks, (select count(*)::int from task_results) as results,
  (select count(*)::int from workflow_checkpoints) as runs, (select count(*)::int from approval_queue) as approvals,
  (select count(*)::int from agent_audit_log) as audit`

describe('adopting the tables of a team', () => {
  test('keeps every row and extends the tables in their place', async () => {
    const before = await query(superUrl, counts)
    const result = await migrate({ adminUrl: superUrl, schema: 'public', adopt: true })
    expect(result.formerOwners).toEqual([`team_${made}`])
    expect(await query(superUrl, counts)).toEqual(before)
    expect(
      await query(
        superUrl,
        `select workflow_id, status, held_by from workflow_checkpoints order by 1`,
      ),
    ).toEqual([
      { workflow_id: RUN, status: 'paused', held_by: ['approval'] },
      { workflow_id: ENDED, status: 'complete', held_by: [] },
    ])
    expect((await migrate({ adminUrl: superUrl, schema: 'public', adopt: true })).applied).toEqual(
      [],
    )
  })

  test('finds the words of texts that are longer than may be written', async () => {
    await query(
      superUrl,
      `insert into workflow_checkpoints (workflow_id, agent_id, current_step, status)
       select gen_random_uuid(), repeat('ab', 1100), string_agg(md5(n::text) || chr(20000 + n % 30000), ''), 'complete'
       from generate_series(1, 60000) n`,
    )
    await migrate({ adminUrl: superUrl, schema: 'public', adopt: true })
    expect(
      await query(
        superUrl,
        `select word_keys(span, words, word_tags(agent_id, skill, status, stop_reason))
           @@ word_query(span, array[substr(words, 210, 50)], '[["status=complete"]]') as found
         from run_words where words like 'abab%'`,
      ),
    ).toEqual([{ found: true }])
  })

  test('works for the owner of the tables, without a superuser', async () => {
    await query(superUrl, `revoke holdpoint_owner from team_${made}`).catch(() => undefined)
    for (const role of [
      'holdpoint_owner',
      'agent_worker',
      'holdpoint_server',
      'holdpoint_custodian',
    ]) {
      await query(superUrl, `grant ${role} to team_${made} with admin option`)
    }
    const result = await migrate({ adminUrl, schema: 'public', adopt: true })
    expect(result.applied).not.toEqual([])
  })

  test('leaves the other tables, functions and grants of that schema as they are', async () => {
    const theirs = `select
        has_table_privilege('reader_of_${made}', 'tasks', 'select') as tasks,
        has_table_privilege('reader_of_${made}', 'customers', 'select') as customers,
        has_table_privilege('agent_worker', 'customers', 'select') as agents,
        has_table_privilege('holdpoint_server', 'customers', 'select') as server,
        has_function_privilege('public', 'greeting()', 'execute') as greeting,
        (select pg_get_userbyid(relowner) from pg_class where oid = 'customers'::regclass) as owner`
    await migrate({ adminUrl: superUrl, schema: 'public', adopt: true })
    expect(await query(superUrl, theirs)).toEqual([
      {
        tasks: true,
        customers: true,
        agents: false,
        server: false,
        greeting: true,
        owner: `team_${made}`,
      },
    ])
  })

  test('lets the SQL of the agents run on unchanged', async () => {
    await migrate({ adminUrl: superUrl, schema: 'public', adopt: true })
    const url = await addAgent({
      adminUrl: superUrl,
      schema: 'public',
      name: `shipping.${made}`,
      agentId: 'shipping',
    })
    const run = '33333333-3333-4333-8333-333333333333'
    await query(
      url,
      `insert into workflow_checkpoints (workflow_id, agent_id, current_step) values ('${run}', 'shipping', 'step_1')`,
    )
    await query(
      url,
      `update workflow_checkpoints set status = 'paused', paused_at = now(), current_step = 'awaiting_approval'
        where workflow_id = '${run}'`,
    )
    await query(
      url,
      `insert into approval_queue (workflow_id, requested_by) values ('${run}', 'shipping')`,
    )
    expect(
      await query(
        url,
        `select w.workflow_id from workflow_checkpoints w join approval_queue q using (workflow_id)
          where w.status = 'paused' and q.decision is null`,
      ),
    ).toEqual([{ workflow_id: run }])
  })
})

describe('what is not adopted', () => {
  test('tables that stand in the way are named when adopting was not asked for', async () => {
    const failure = migrate({ adminUrl: superUrl, schema: 'public' })
    await expect(failure).rejects.toThrow(AdoptionError)
    await expect(failure).rejects.toThrow('holdpoint migrate --adopt public')
    expect(await query(superUrl, `select to_regclass('schema_migrations') as table`)).toEqual([
      { table: null },
    ])
  })

  test('tables of someone else need their owner or a superuser', async () => {
    const other = await cluster().login(superUrl, `other_${made}`, 'createrole')
    const failure = migrate({ adminUrl: other, schema: 'public', adopt: true })
    await expect(failure).rejects.toThrow(AdoptionError)
    await expect(failure).rejects.toThrow(`tasks belongs to team_${made}`)
  })

  test('a view is not taken for a table', async () => {
    await query(
      superUrl,
      'alter table tasks rename to old_tasks; create view tasks as select * from old_tasks',
    )
    await expect(migrate({ adminUrl: superUrl, schema: 'public', adopt: true })).rejects.toThrow(
      'public.tasks cannot be adopted',
    )
  })

  test('a schema that is not there is a mistake', async () => {
    await expect(migrate({ adminUrl: superUrl, schema: 'publik', adopt: true })).rejects.toThrow(
      'no schema publik',
    )
  })
})
