import type { ClientBase } from 'pg'

import { GROUPS } from './cluster-roles.ts'
import { FunctionsFailedError } from './errors.ts'
import { failureText } from './failure-text.ts'
import type { FunctionFile, FunctionSet } from './function-files.ts'

interface Place {
  oid: number
  ctid: string
}

/**
 * Makes the functions of the schema those of the set: what is there is replaced, what is not in any file goes, and
 * nobody may call more than the files say. The caller holds the transaction. @throws FunctionsFailedError
 */
export async function applyFunctions(client: ClientBase, set: FunctionSet): Promise<void> {
  await closeAll(client)
  const before = new Set((await places(client)).map(({ oid, ctid }) => `${oid} ${ctid}`))
  // They call each other, so there is no order in which each finds those that it names.
  await client.query('set local check_function_bodies = off')
  for (const file of set.files) await applyFile(client, file)
  await client.query('set local check_function_bodies = on')
  for (const { oid, ctid } of await places(client)) {
    if (before.has(`${oid} ${ctid}`)) await drop(client, oid)
  }
  await checkBodies(client, set)
  await client.query('insert into schema_functions (digest) values ($1)', [set.digest])
}

// In an adopted schema there may be functions of its owner's: ours are those that belong to us.
const OURS = `p.pronamespace = quote_ident(current_schema())::regnamespace
  and p.proowner = quote_ident(current_user)::regrole and p.prokind in ('f', 'p')`

/** Invariant 13: a right that a file no longer gives is no longer there. What others were given stays. */
async function closeAll(client: ClientBase): Promise<void> {
  await client.query(`
    alter default privileges revoke execute on functions from public;
    do $$
    declare
      ours regprocedure;
    begin
      for ours in select p.oid from pg_proc p where ${OURS} loop
        execute format('revoke execute on routine %s from public, ${GROUPS.join(', ')}', ours);
      end loop;
    end $$`)
}

/** The row of a function moves when the function is written: one that has not moved is in no file. */
async function places(client: ClientBase): Promise<Place[]> {
  return (await client.query<Place>(`select p.oid, p.ctid::text from pg_proc p where ${OURS}`)).rows
}

async function applyFile(client: ClientBase, file: FunctionFile): Promise<void> {
  try {
    await client.query(file.sql)
  } catch (error) {
    throw failed(`functions/${file.name}.sql`, file.sql, error)
  }
}

async function drop(client: ClientBase, oid: number): Promise<void> {
  const { rows } = await client.query<{ name: string }>('select $1::regprocedure::text as name', [
    oid,
  ])
  const name = rows[0]?.name ?? ''
  try {
    await client.query(`drop routine ${name}`)
  } catch (error) {
    throw failed(`${name} is in no file of the functions, and cannot be dropped`, '', error)
  }
}

/** Postgres looks at every body as it does when a function is made, now that all are there. */
async function checkBodies(client: ClientBase, set: FunctionSet): Promise<void> {
  const check = `select case l.lanname when 'sql' then fmgr_sql_validator(p.oid) else plpgsql_validator(p.oid) end
    from pg_proc p join pg_language l on l.oid = p.prolang where ${OURS} and l.lanname in ('sql', 'plpgsql')`
  await client.query('savepoint bodies')
  try {
    await client.query(check)
  } catch {
    // It does not always say of which function that was: they are asked one by one.
    await client.query('rollback to savepoint bodies')
    const { rows } = await client.query<{ oid: number; name: string }>(
      `select p.oid, p.proname as name from pg_proc p where ${OURS} order by p.proname`,
    )
    for (const { oid, name } of rows) {
      const file = set.files.find(({ sql }) => sql.includes(`function ${name}(`))
      await client.query(`${check} and p.oid = $1`, [oid]).catch((error: unknown) => {
        throw failed(`functions/${file?.name}.sql, ${name}`, '', error)
      })
    }
  }
}

const failed = (where: string, sql: string, error: unknown): FunctionsFailedError =>
  new FunctionsFailedError(
    `${failureText(where, sql, error)}\nThe functions are as they were before, all of them.`,
    { cause: error },
  )
