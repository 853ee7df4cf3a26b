import { beforeEach, describe, expect, test } from 'vitest'

import { FunctionsFailedError, MigrationFailedError, MigrationMismatchError } from './errors.ts'
import { readFunctions } from './function-files.ts'
import { emptyCluster, functionsFolder, migrationsFolder, query } from './migrate.fixture.ts'
import { migrate, type MigrateResult } from './migrate.ts'
import { LAST_WITH_FUNCTIONS, MIGRATIONS_DIR, readMigrations } from './migration-files.ts'

const cluster = emptyCluster({ max_connections: '60' })
const tables = migrationsFolder({ '0001_first.sql': 'create table first (n int);' })

let adminUrl = ''
beforeEach(async () => {
  adminUrl = await cluster().database()
})

const answer = (n: number): string =>
  `create or replace function answer() returns integer language sql as $$ select ${n} $$;\n`

async function bring(files: Record<string, string>): Promise<MigrateResult> {
  return migrate({ adminUrl, migrationsDir: tables, functionsDir: functionsFolder(files) })
}

async function calls(expression: string): Promise<unknown> {
  const [row] = await query<{ said: unknown }>(adminUrl, `select holdpoint.${expression} as said`)
  return row?.said
}

async function names(): Promise<string[]> {
  const rows = await query<{ name: string }>(
    adminUrl,
    `select oid::regprocedure::text as name from pg_proc where pronamespace = 'holdpoint'::regnamespace order by 1`,
  )
  return rows.map(({ name }) => name)
}

const mayCall = async (role: string): Promise<unknown> =>
  calls(
    `answer() is not null and has_function_privilege('${role}', 'holdpoint.answer()', 'execute')`,
  )

/** A folder with empty migrations in the place of those that carry functions, and these. */
async function withOld(files: Record<string, string>): Promise<string> {
  const old = (await readMigrations()).filter(({ version }) => version <= LAST_WITH_FUNCTIONS)
  return migrationsFolder({
    ...Object.fromEntries(old.map(({ name }) => [`${name}.sql`, 'select 1;'])),
    ...files,
  })
}

async function stateOfWords(): Promise<unknown> {
  const [row] = await query(
    adminUrl,
    `select (select max(version) from holdpoint.schema_migrations) as version,
      to_regclass('holdpoint.words_of_two') is not null as tables, (select count(*)::int from holdpoint.schema_functions) as functions`,
  )
  return row
}

describe('the functions of a database', () => {
  test('follow the files: made, replaced, and gone with their file', async () => {
    expect((await bring({ 'a/answer': answer(1) })).functionsReplaced).toBe(true)
    expect((await bring({ 'a/answer': answer(1) })).functionsReplaced).toBe(false)
    await bring({ 'b/moved': answer(2), 'b/other': answer(3).replace('answer()', 'other()') })
    expect(await calls('answer()')).toBe(2)
    expect(await calls('other()')).toBe(3)
    await bring({ 'b/moved': answer(4).replace('answer()', 'answer(plus integer default 1)') })
    expect(await names()).toEqual(['holdpoint.answer(integer)'])
  })

  test('are the same with other line ends', async () => {
    await bring({ 'a/answer': answer(1) })
    expect(
      (await bring({ 'a/answer': answer(1).replaceAll('\n', '\r\n') })).functionsReplaced,
    ).toBe(false)
  })

  test('name each other in any order, and their tables by no schema', async () => {
    await bring({
      'a/first': `create or replace function counted() returns bigint
        language sql set search_path from current as $$ select twice(count(*)) from first $$;`,
      'b/second': `create or replace function twice(n bigint) returns bigint language sql as $$ select 2 * n $$;`,
    })
    await query(adminUrl, 'insert into holdpoint.first values (1)')
    expect(await calls('counted()')).toBe('2')
  })

  test('may be called by whom their file says and by nobody else', async () => {
    await query(adminUrl, 'create role watcher')
    await bring({ a: `${answer(1)}grant execute on function answer() to agent_worker;` })
    expect([await mayCall('agent_worker'), await mayCall('holdpoint_server')]).toEqual([
      true,
      false,
    ])
    expect(await mayCall('public')).toBe(false)
    await query(adminUrl, 'grant execute on function holdpoint.answer() to watcher, public')
    await bring({ a: `${answer(1)}grant execute on function answer() to holdpoint_server;` })
    expect([await mayCall('agent_worker'), await mayCall('holdpoint_server')]).toEqual([
      false,
      true,
    ])
    expect([await mayCall('public'), await mayCall('watcher')]).toEqual([false, true])
    await query(adminUrl, 'drop owned by watcher; drop role watcher')
  })

  test('are made once by many who start at the same time', async () => {
    const functionsDir = functionsFolder({ a: answer(1) })
    const results = await Promise.all(
      Array.from({ length: 12 }, async () =>
        migrate({ adminUrl, migrationsDir: tables, functionsDir }),
      ),
    )
    expect(results.filter(({ functionsReplaced }) => functionsReplaced)).toHaveLength(1)
    expect(await query(adminUrl, 'select n from holdpoint.schema_functions')).toEqual([{ n: 1 }])
  })

  test('come to a database whose migrations made its functions', async () => {
    await migrate({ adminUrl, migrationsDir: MIGRATIONS_DIR })
    const before = await names()
    expect(await query(adminUrl, 'select from holdpoint.schema_functions')).toEqual([])
    expect(await migrate({ adminUrl })).toMatchObject({ applied: [], functionsReplaced: true })
    expect(await migrate({ adminUrl })).toMatchObject({ applied: [], functionsReplaced: false })
    const { files } = await readFunctions()
    const inNoFile = (all: readonly string[]) =>
      all
        .map((name) => name.replace(/^holdpoint\.(\w+).*$/, '$1'))
        .filter((name) => !files.some(({ sql }) => sql.includes(`function ${name}(`)))
    // What has another name now is gone.
    expect(inNoFile(before)).toContain('audit_of')
    expect(inNoFile(await names())).toEqual([])
  })
})

describe('functions that fail', () => {
  const good = { 'a/answer': answer(1) }

  async function failsWith(files: Record<string, string>, words: RegExp): Promise<void> {
    await bring(good)
    const failure = bring(files)
    await expect(failure).rejects.toThrow(FunctionsFailedError)
    await expect(failure).rejects.toThrow(words)
    await expect(failure).rejects.toThrow('as they were before')
    expect(await calls('answer()')).toBe(1)
    expect((await bring(good)).functionsReplaced).toBe(false)
    expect((await bring({ 'a/answer': answer(5) })).functionsReplaced).toBe(true)
  }

  test('leave those before as they were, and name the file and the line', async () => {
    await failsWith(
      { 'a/answer': answer(2), 'b/broken': '-- Why.\n\ncreate or replace function broken(' },
      /functions\/b\/broken\.sql line 3: syntax error/,
    )
  })

  test('are found by a body that names what is not there', async () => {
    await failsWith(
      { 'a/answer': answer(2).replace('2', 'no_such_thing') },
      /functions\/a\/answer\.sql, answer: column "no_such_thing" does not exist/,
    )
  })

  test('are found by a body that is none', async () => {
    const steps = `create or replace function steps() returns void language plpgsql as $$ begin if then end $$;`
    await failsWith(
      { 'a/answer': answer(2), 'b/steps': steps },
      /functions\/b\/steps\.sql, steps: missing expression/,
    )
  })

  test('are those, too, that went with their file while something stands on them', async () => {
    await bring(good)
    await query(adminUrl, 'create view public.stands_on_it as select holdpoint.answer()')
    await expect(bring({ b: answer(2).replace('answer()', 'other()') })).rejects.toThrow(
      /^answer\(\) is in no file of the functions, and cannot be dropped: [\s\S]*view public.stands_on_it/,
    )
    expect(await names()).toEqual(['holdpoint.answer()'])
  })
})

describe('migrations and the functions that fit them', () => {
  const next = String(LAST_WITH_FUNCTIONS + 1).padStart(4, '0')
  const afterIt = String(LAST_WITH_FUNCTIONS + 2).padStart(4, '0')
  const both = {
    [`${next}_words.sql`]: 'create table words_of_two (word text);',
    [`${afterIt}_more.sql`]: 'alter table words_of_two add column more text;',
  }
  const functionsDir = functionsFolder({
    a: 'create or replace function words() returns bigint language sql set search_path from current as $$ select count(more) from words_of_two $$;',
  })

  const before = { version: LAST_WITH_FUNCTIONS, tables: false, functions: 0 }

  test('come together', async () => {
    await migrate({ adminUrl, migrationsDir: await withOld({}) })
    const result = await migrate({ adminUrl, migrationsDir: await withOld(both), functionsDir })
    expect(result).toMatchObject({
      applied: [`${next}_words`, `${afterIt}_more`],
      functionsReplaced: true,
    })
    expect(await calls('words()')).toBe('0')
  })

  test('and neither without the other, whichever fails', async () => {
    const broken = functionsFolder({ a: 'create or replace function words(' })
    const good = await withOld(both)
    await expect(migrate({ adminUrl, migrationsDir: good, functionsDir: broken })).rejects.toThrow(
      /functions\/a\.sql line 1/,
    )
    expect(await stateOfWords()).toEqual(before)
    const bad = await withOld({
      ...both,
      [`${afterIt}_more.sql`]: 'alter table nowhere add n int;',
    })
    const failure = migrate({ adminUrl, migrationsDir: bad, functionsDir })
    await expect(failure).rejects.toThrow(MigrationFailedError)
    await expect(failure).rejects.toThrow('the database is as it was')
    expect(await stateOfWords()).toEqual(before)
    await migrate({ adminUrl, migrationsDir: good, functionsDir })
    expect(await stateOfWords()).toEqual({ version: Number(afterIt), tables: true, functions: 1 })
  })

  test('also where a change of a function is taken back with them', async () => {
    const other = functionsFolder({ a: answer(1) })
    const noTables = await withOld({})
    await migrate({ adminUrl, migrationsDir: noTables, functionsDir: other })
    await migrate({ adminUrl, migrationsDir: noTables, functionsDir: functionsFolder({}) })
    await migrate({ adminUrl, migrationsDir: await withOld(both), functionsDir: other })
    expect(await calls('answer()')).toBe(1)
  })
})

describe('an older Holdpoint', () => {
  test('leaves the functions of a newer one alone', async () => {
    await bring({ a: answer(1) })
    await bring({ a: answer(2) })
    const older = bring({ a: answer(1) })
    await expect(older).rejects.toThrow(MigrationMismatchError)
    await expect(older).rejects.toThrow(/newer Holdpoint[\s\S]*Nothing was changed/)
    expect(await calls('answer()')).toBe(2)
  })
})
