import type { ClientBase } from 'pg'
import { escapeIdentifier } from 'pg'

import { retryOnRace } from './catalog-race.ts'
import { GROUPS, OWNER, SERVER_GROUP } from './cluster-roles.ts'

/** Makes the schema unless it is there, lets the roles in, and adds the tables that migrating itself needs. */
export async function openSchema(admin: ClientBase, schema: string): Promise<void> {
  await retryOnRace(async () => {
    const { rowCount } = await admin.query('select from pg_namespace where nspname = $1', [schema])
    if (rowCount === 0) {
      await admin.query(`create schema ${escapeIdentifier(schema)} authorization ${OWNER}`)
    }
  })
  await retryOnRace(async () => grantIfMissing(admin, schema, OWNER, ['usage', 'create']))
  for (const group of GROUPS) {
    await retryOnRace(async () => grantIfMissing(admin, schema, group, ['usage']))
  }
  await retryOnRace(async () => makeBookkeeping(admin, schema))
}

async function grantIfMissing(
  admin: ClientBase,
  schema: string,
  role: string,
  privileges: string[],
): Promise<void> {
  const { rows } = await admin.query<{ enough: boolean; ours: boolean }>(
    `select bool_and(has_schema_privilege($1, n.oid, p)) as enough,
            bool_and(pg_get_userbyid(n.nspowner) = '${OWNER}') as ours
       from pg_namespace n, unnest($2::text[]) p
      where n.nspname = $3`,
    [role, privileges, schema],
  )
  if (rows[0]?.enough === true) return
  // In a schema that is not ours only its owner can let others in: then it is the admin who grants.
  const grant = `grant ${privileges.join(', ')} on schema ${escapeIdentifier(schema)} to ${role}`
  await (rows[0]?.ours === true
    ? asOwner(admin, schema, () => admin.query(grant))
    : admin.query(grant))
}

async function makeBookkeeping(admin: ClientBase, schema: string): Promise<void> {
  await asOwner(admin, schema, async () => {
    const { rows } = await admin.query<{ done: boolean }>(
      `select to_regclass('schema_migrations') is not null
          and to_regclass('schema_migration_lease') is not null
          and to_regclass('schema_functions') is not null as done`,
    )
    if (rows[0]?.done === true) return
    await admin.query(`
      create table if not exists schema_migrations (
        version integer primary key,
        name text not null,
        checksum text not null,
        applied_at timestamptz not null default clock_timestamp()
      );
      create table if not exists schema_migration_lease (
        id integer primary key default 1 check (id = 1),
        holder text,
        expires_at timestamptz not null default '-infinity'
      );
      insert into schema_migration_lease default values on conflict do nothing;
      -- Which sets of functions this database had, the last one now. The server tells whether it is its own.
      create table if not exists schema_functions (
        n integer primary key generated always as identity,
        digest text not null,
        applied_at timestamptz not null default clock_timestamp()
      );
      grant select on schema_functions to ${SERVER_GROUP};`)
  })
}

/** Runs `work` in one transaction as the owner, with unqualified names meaning this schema. */
export async function asOwner<T>(
  admin: ClientBase,
  schema: string,
  work: () => Promise<T>,
): Promise<T> {
  await admin.query('begin')
  try {
    await admin.query(`set local role ${OWNER}`)
    await admin.query(`set local search_path = ${escapeIdentifier(schema)}, pg_temp`)
    const result = await work()
    await admin.query('commit')
    return result
  } catch (error) {
    await admin.query('rollback').catch(() => undefined)
    throw error
  }
}
