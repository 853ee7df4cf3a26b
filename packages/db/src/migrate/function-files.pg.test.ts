import { expect, test } from 'vitest'

import { createTestDatabase } from '../testing/index.ts'
import { applyFunctions } from './apply-functions.ts'
import { readFunctions } from './function-files.ts'
import { LAST_WITH_FUNCTIONS, readMigrations } from './migration-files.ts'

const db = await createTestDatabase()
const { files, digest } = await readFunctions()

interface Stated {
  file: string
  name: string
  body: string
}

const DEFINITION =
  /^create (?:or replace )?(?:function|procedure) ([a-z0-9_]+)\([\s\S]*?\bas\s+(\$[a-z_]*\$)([\s\S]*?)\2/gm

const stated: Stated[] = files.flatMap(({ name: file, sql }) =>
  [...sql.matchAll(DEFINITION)].map(([, name = '', , body = '']) => ({ file, name, body })),
)

const byName = (one: { name: string }, other: { name: string }): number =>
  one.name < other.name ? -1 : 1

test('each function stands once in the files, as the database has it, and there is no other', async () => {
  const { rows } = await db.owner.query<{ name: string; body: string }>(
    `select proname as name, prosrc as body from pg_proc where pronamespace = 'holdpoint'::regnamespace`,
  )
  const bodies = stated.map(({ name, body }) => ({ name, body }))
  expect(bodies.toSorted(byName)).toEqual(rows.toSorted(byName))
})

test('the database has recorded the files that it was made from', async () => {
  const { rows } = await db.server.query('select digest from schema_functions')
  expect(rows).toEqual([{ digest }])
})

test('to apply the files again changes nothing of any function, nor who may call it', async () => {
  const all = `select oid::regprocedure::text as name, pg_get_functiondef(oid) as text,
      array(select x::text from unnest(proacl) x order by 1) as rights
    from pg_proc where pronamespace = 'holdpoint'::regnamespace order by 1`
  const client = await db.owner.connect()
  try {
    const before = await client.query(all)
    await client.query('begin')
    await applyFunctions(client, await readFunctions())
    expect((await client.query(all)).rows).toEqual(before.rows)
  } finally {
    await client.query('rollback')
    client.release()
  }
})

test('a file is of one topic, says what it is for, and is short', () => {
  for (const { name, sql } of files) {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*\/[a-z]+(-[a-z]+)*$/)
    expect(sql, name).toMatch(/^(-- .+\n){1,3}\n/)
    expect(sql.split('\n').length, name).toBeLessThan(300)
    expect(sql, name).not.toMatch(/^create function/m)
  }
})

/** Numbered migrations that must make a function, since a table cannot be changed without it; each with the reason. */
const mustMakeOne: Record<string, string> = {}

test('numbered migrations make no functions any more, and drop none that may not be there', async () => {
  for (const { name, version, sql } of await readMigrations()) {
    if (version <= LAST_WITH_FUNCTIONS) continue
    const statements = sql.replaceAll(/--.*$/gm, '').toLowerCase()
    if (mustMakeOne[name] === undefined) {
      expect(statements, name).not.toMatch(/create\s+(or\s+replace\s+)?(function|procedure)/)
    }
    // A new database runs them before it has any function of the files.
    expect(statements, name).not.toMatch(/drop\s+(function|procedure|routine)\s+(?!if\s+exists)/)
  }
})
