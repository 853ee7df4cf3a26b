import { createHash } from 'node:crypto'

import { expect, test } from 'vitest'

import { emptyCluster, migrationsFolder, query } from './migrate.fixture.ts'
import { migrate } from './migrate.ts'
import { readMigrations } from './migration-files.ts'

const cluster = emptyCluster()

/** A folder with the migrations of an earlier Holdpoint, up to this number. */
async function upTo(version: number): Promise<string> {
  const files = (await readMigrations()).filter((file) => file.version <= version)
  return migrationsFolder(Object.fromEntries(files.map((file) => [`${file.name}.sql`, file.sql])))
}

const FLEET = `
  set search_path = holdpoint;
  insert into workflow_checkpoints (workflow_id, agent_id, current_step) values
    ('10000000-0000-4000-8000-000000000001', 'clerk', 'running'),
    ('10000000-0000-4000-8000-000000000002', 'clerk', 'asks'),
    ('10000000-0000-4000-8000-000000000003', 'clerk', 'ended');
  insert into approval_queue (workflow_id, requested_by, tool, arguments)
    values ('10000000-0000-4000-8000-000000000002', 'clerk', 'bank.transfer', '{"eur": 7}');
  update workflow_checkpoints set status = 'complete' where current_step = 'ended'`

test('a database with runs under way, asked about and ended is brought up to date', async () => {
  const adminUrl = await cluster().database()
  await migrate({ adminUrl, migrationsDir: await upTo(23) })
  await query(adminUrl, FLEET)
  const runs = `select workflow_id, status, stop_reason, held_by, seq from holdpoint.workflow_checkpoints order by 1`
  const before = await query(adminUrl, runs)
  await migrate({ adminUrl })
  expect(await query(adminUrl, runs)).toEqual(before)
  expect(
    await query(
      adminUrl,
      `select ended_at is not null as ended, ended_seq, status from holdpoint.run_lives order by workflow_id`,
    ),
  ).toEqual([
    { ended: false, ended_seq: null, status: null },
    { ended: false, ended_seq: null, status: null },
    { ended: true, ended_seq: '2', status: 'complete' },
  ])
})

test('a request of before is bound to what it asks for, and one that cannot be is left', async () => {
  const adminUrl = await cluster().database()
  await migrate({ adminUrl, migrationsDir: await upTo(23) })
  await query(
    adminUrl,
    `${FLEET};
    insert into approval_queue (workflow_id, requested_by, tool, arguments, digest) values
      ('10000000-0000-4000-8000-000000000002', 'clerk', 'too.large', '[1e400]', 'made up'),
      ('10000000-0000-4000-8000-000000000002', 'clerk', 'made.up', '{"eur": 7}', 'made up')`,
  )
  await migrate({ adminUrl })
  const digest = createHash('sha256').update('{"eur":7}').digest('hex')
  expect(
    await query(adminUrl, `select tool, digest from holdpoint.approval_queue order by tool`),
  ).toEqual([
    { tool: 'bank.transfer', digest },
    { tool: 'made.up', digest },
    { tool: 'too.large', digest: 'made up' },
  ])
})

test('votes from before people had tokens are kept', async () => {
  const adminUrl = await cluster().database()
  await migrate({ adminUrl, migrationsDir: await upTo(33) })
  await query(adminUrl, FLEET)
  await query(
    adminUrl,
    `set search_path = holdpoint;
    select decide_approval(approval_id, 'operator:ana', 'approved') from approval_queue`,
  )
  await migrate({ adminUrl })
  expect(await query(adminUrl, `select actor, person, vote from holdpoint.approval_votes`)).toEqual(
    [{ actor: 'operator:ana', person: 'operator:ana', vote: 'approve' }],
  )
})

test('the words of runs that ended before they were kept are there to be found', async () => {
  const adminUrl = await cluster().database()
  await migrate({ adminUrl, migrationsDir: await upTo(46) })
  await query(adminUrl, FLEET)
  await migrate({ adminUrl })
  expect(
    await query(adminUrl, `select workflow_id, words, status from holdpoint.run_words`),
  ).toEqual([
    {
      workflow_id: '10000000-0000-4000-8000-000000000003',
      words: 'clerk ended',
      status: 'complete',
    },
  ])
})

test('a yes for calls to come goes on under its new name, and what was written keeps the old one', async () => {
  const adminUrl = await cluster().database()
  const run = '10000000-0000-4000-8000-000000000001'
  const asks = `set search_path = holdpoint;
    insert into approval_queue (workflow_id, requested_by, tool, arguments) values ('${run}', 'clerk', 'bank.transfer', '{"eur": 7}')`
  await migrate({ adminUrl, migrationsDir: await upTo(78) })
  await query(
    adminUrl,
    `${FLEET};
    select ensure_operator('ana', '{admin}');
    select decide_approval(approval_id, 'operator:ana', 'approved', 'small', 1, null, jsonb_build_object('scope', 'agent',
      'condition', '$.eur < 10', 'maxUses', 9, 'until', now() + interval '1 day')) from approval_queue;
    select save_drift_settings('clerk', '{"loopAt": 1}', true, 'operator:ana', 'it loops')`,
  )
  await query(adminUrl, asks)
  await migrate({ adminUrl })
  await query(adminUrl, asks)
  expect(
    await query(
      adminUrl,
      `select q.decided_by = 'rule:' || u.standing_id as by_rule, q.decided_by = 'standing:' || u.standing_id as by_standing,
        holdpoint.is_standing(q.decided_by) as standing, holdpoint.still_stands(u.standing_id) as stands, u.uses
      from holdpoint.approval_queue q, holdpoint.standing_approvals u where q.workflow_id = '${run}' order by q.decided_at`,
    ),
  ).toEqual([
    { by_rule: true, by_standing: false, standing: true, stands: true, uses: 2 },
    { by_rule: false, by_standing: true, standing: true, stands: true, uses: 2 },
  ])
  await query(
    adminUrl,
    `set search_path = holdpoint;
    select revoke_standing_approval(standing_id, 'operator:ana') from standing_approvals;
    select save_drift_policy('clerk', '{}', false, 'operator:ana')`,
  )
  expect(
    await query(
      adminUrl,
      `select action, target_table as about from holdpoint.agent_audit_log
        where target_table ~ 'rule|standing|drift' order by seen_at, log_id`,
    ),
  ).toEqual([
    { action: 'rule.make', about: 'approval_rules' },
    { action: 'drift.settings', about: 'drift_settings' },
    { action: 'standing.revoke', about: 'standing_approvals' },
    { action: 'drift.policy', about: 'drift_policies' },
  ])
  expect(await query(adminUrl, `select version from holdpoint.drift_policies order by 1`)).toEqual([
    { version: 1 },
    { version: 2 },
  ])
  expect(
    await query(
      adminUrl,
      `select proname from pg_proc where pronamespace = 'holdpoint'::regnamespace and proname ~ '_rule$|drift_settings'`,
    ),
  ).toEqual([])
})

test('a text that took the place of another is the same migration, and no other text is', async () => {
  const adminUrl = await cluster().database()
  const old = 'create table first (n int);'
  await migrate({ adminUrl, migrationsDir: migrationsFolder({ '0001_first.sql': old }) })
  const [file] = await readMigrations(migrationsFolder({ '0001_first.sql': old }))
  const mended = `-- Takes the place of ${file?.checksum}\ncreate table if not exists first (n int);`
  expect(
    (await migrate({ adminUrl, migrationsDir: migrationsFolder({ '0001_first.sql': mended }) }))
      .applied,
  ).toEqual([])
  const other = `-- Takes the place of ${'0'.repeat(64)}\n${old}`
  await expect(
    migrate({ adminUrl, migrationsDir: migrationsFolder({ '0001_first.sql': other }) }),
  ).rejects.toThrow('with other content')
})
