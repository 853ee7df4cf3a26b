import { describe, expect, test } from 'vitest'

import { MigrationFailedError, MigrationMismatchError } from './errors.ts'
import { emptyCluster, migrationsFolder, query } from './migrate.fixture.ts'
import { migrate } from './migrate.ts'

const cluster = emptyCluster()
const first = { '0001_first.sql': 'create table first (n int);' }

describe('a migrated database', () => {
  test('belongs to the owner, whom nobody can log in as', async () => {
    const adminUrl = await cluster().database()
    await migrate({ adminUrl })
    const owners = await query(
      adminUrl,
      `select distinct pg_get_userbyid(relowner) as owner from pg_class c
        where relnamespace = 'holdpoint'::regnamespace`,
    )
    expect(owners).toEqual([{ owner: 'holdpoint_owner' }])
    const roles = await query<{ rolname: string }>(
      adminUrl,
      `select rolname from pg_roles where not rolcanlogin and (rolname like 'holdpoint%' or rolname = 'agent_worker')
        order by rolname`,
    )
    expect(roles.map((role) => role.rolname)).toEqual([
      'agent_worker',
      'holdpoint_custodian',
      'holdpoint_owner',
      'holdpoint_server',
    ])
  })

  test('has its tables in the schema that was asked for', async () => {
    const adminUrl = await cluster().database()
    const { applied } = await migrate({ adminUrl, schema: 'Control Room' })
    expect(applied).not.toEqual([])
    const [row] = await query(
      adminUrl,
      `select to_regclass('"Control Room".workflow_checkpoints') is not null as there,
              to_regclass('holdpoint.workflow_checkpoints') is not null as elsewhere`,
    )
    expect(row).toEqual({ there: true, elsewhere: false })
  })

  test('fixes what names mean in every function that runs with the rights of its owner', async () => {
    const adminUrl = await cluster().database()
    await migrate({ adminUrl })
    const open = await query(
      adminUrl,
      `select proname from pg_proc where pronamespace = 'holdpoint'::regnamespace and prosecdef
          and not coalesce('search_path=holdpoint, pg_temp' = any (proconfig), false)`,
    )
    expect(open).toEqual([])
  })

  test('can be taken over by no schema of Postgres itself', async () => {
    const adminUrl = await cluster().database()
    await expect(migrate({ adminUrl, schema: 'pg_catalog' })).rejects.toThrow(
      'schema of Postgres itself',
    )
  })
})

describe('a migration that fails', () => {
  test('is named with its line and the reason, and leaves nothing behind', async () => {
    const adminUrl = await cluster().database()
    const broken = migrationsFolder({
      ...first,
      '0002_broken.sql': 'create table second (n int);\n\nselect no_such_column from first;\n',
    })
    const failure = migrate({ adminUrl, migrationsDir: broken })
    await expect(failure).rejects.toThrow(MigrationFailedError)
    await expect(failure).rejects.toThrow(
      /0002_broken\.sql line 3: column "no_such_column" does not exist/,
    )
    const tables = await query(
      adminUrl,
      `select to_regclass('holdpoint.first') is not null as first, to_regclass('holdpoint.second') is not null as second`,
    )
    expect(tables).toEqual([{ first: true, second: false }])

    const mended = migrationsFolder({ ...first, '0002_mended.sql': 'create table second (n int);' })
    expect((await migrate({ adminUrl, migrationsDir: mended })).applied).toEqual(['0002_mended'])
  })
})

describe('files that do not fit the database', () => {
  test('an applied file that was edited is refused', async () => {
    const adminUrl = await cluster().database()
    await migrate({ adminUrl, migrationsDir: migrationsFolder(first) })
    const edited = migrationsFolder({ '0001_first.sql': 'create table first (m int);' })
    const failure = migrate({ adminUrl, migrationsDir: edited })
    await expect(failure).rejects.toThrow(MigrationMismatchError)
    await expect(failure).rejects.toThrow('Nothing was changed.')
  })

  test('the same file with other line ends is the same', async () => {
    const adminUrl = await cluster().database()
    await migrate({
      adminUrl,
      migrationsDir: migrationsFolder({ '0001_a.sql': 'select 1;\nselect 2;\n' }),
    })
    const windows = migrationsFolder({ '0001_a.sql': 'select 1;\r\nselect 2;\r\n' })
    expect((await migrate({ adminUrl, migrationsDir: windows })).applied).toEqual([])
  })

  test('a database of a newer Holdpoint is left alone', async () => {
    const adminUrl = await cluster().database()
    await migrate({
      adminUrl,
      migrationsDir: migrationsFolder({ ...first, '0002_newer.sql': 'select 1;' }),
    })
    const older = migrate({ adminUrl, migrationsDir: migrationsFolder(first) })
    await expect(older).rejects.toThrow(/newer Holdpoint \(it has 0002_newer\)/)
  })

  test('a gap in the numbers and a name without a number are refused', async () => {
    const adminUrl = await cluster().database()
    const gap = migrationsFolder({ ...first, '0003_third.sql': 'select 1;' })
    await expect(migrate({ adminUrl, migrationsDir: gap })).rejects.toThrow('Expected migration 2')
    const unnamed = migrationsFolder({ 'first.sql': 'select 1;' })
    await expect(migrate({ adminUrl, migrationsDir: unnamed })).rejects.toThrow(
      'first.sql is not named',
    )
  })
})
