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
