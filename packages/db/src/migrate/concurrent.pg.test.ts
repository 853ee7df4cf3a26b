import { spawn } from 'node:child_process'
import { once } from 'node:events'

import { expect, test } from 'vitest'

import { emptyCluster, migrationsFolder, query } from './migrate.fixture.ts'
import { migrate } from './migrate.ts'
import { readMigrations } from './migration-files.ts'

const cluster = emptyCluster({ max_connections: '120' })
const two = migrationsFolder({
  '0001_first.sql': 'create table first (n int);',
  '0002_second.sql': 'create table second (n int);',
})

test('twenty migrators over four new databases of a new cluster apply each migration once', async () => {
  const urls = await Promise.all([1, 2, 3, 4].map(async () => cluster().database()))
  const names = (await readMigrations()).map((file) => file.name)
  const results = await Promise.all(
    Array.from({ length: 20 }, async (_, n) => {
      const adminUrl = urls[n % 4] ?? ''
      return { adminUrl, ...(await migrate({ adminUrl })) }
    }),
  )
  for (const url of urls) {
    const applied = results.filter((result) => result.adminUrl === url).flatMap((r) => r.applied)
    expect(applied.toSorted()).toEqual(names)
    const rows = await query<{ name: string }>(
      url,
      'select name from holdpoint.schema_migrations order by version',
    )
    expect(rows.map((row) => row.name)).toEqual(names)
  }
  expect((await migrate({ adminUrl: urls[0] ?? '' })).applied).toEqual([])
})

test('twenty migrators of one database leave one of everything', async () => {
  const adminUrl = await cluster().database()
  const results = await Promise.all(
    Array.from({ length: 20 }, async () => migrate({ adminUrl, migrationsDir: two })),
  )
  expect(results.flatMap((result) => result.applied)).toEqual(['0001_first', '0002_second'])
})

test('a lease of someone who does not come back is taken over when it has run out', async () => {
  const adminUrl = await cluster().database()
  const empty = migrationsFolder({})
  await migrate({ adminUrl, migrationsDir: empty })
  await query(
    adminUrl,
    `update holdpoint.schema_migration_lease
        set holder = 'the dead', expires_at = clock_timestamp() + interval '1 second'`,
  )
  const { applied } = await migrate({ adminUrl, migrationsDir: two })
  expect(applied).toEqual(['0001_first', '0002_second'])
})

test('a migrator killed in the middle of a migration leaves nothing of it, and the next goes on', async () => {
  const adminUrl = await cluster().database()
  const slow = migrationsFolder({
    '0001_first.sql': 'create table first (n int);',
    '0002_second.sql': 'create table second (n int); select pg_sleep(600);',
  })
  const script = `
    const { migrate } = await import(${JSON.stringify(new URL('./migrate.ts', import.meta.url).href)})
    await migrate(${JSON.stringify({ adminUrl, migrationsDir: slow, leaseSeconds: 1 })})`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' })
  await expect
    .poll(async () =>
      query(adminUrl, `select 1 as n from pg_stat_activity where wait_event = 'PgSleep'`),
    )
    .toHaveLength(1)
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
  const { applied } = await migrate({ adminUrl, migrationsDir: two })
  expect(applied).toEqual(['0002_second'])
})
