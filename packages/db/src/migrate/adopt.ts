import type { ClientBase } from 'pg'
import { escapeIdentifier } from 'pg'

import { OWNER } from './cluster-roles.ts'
import { AdoptionError } from './errors.ts'

/** The tables that agents in the field already write; these and no others may be there before us. */
const FIELD_TABLES = [
  'tasks',
  'task_results',
  'workflow_checkpoints',
  'approval_queue',
  'agent_audit_log',
] as const

interface FieldTable {
  name: string
  owner: string
  kind: string
  theirs: boolean
}

/**
 * Decides what the tables found in the schema mean, before anything is changed.
 * @returns the tables that are to be taken over: none once we own them.
 * @throws AdoptionError when they may not or cannot be adopted.
 */
export async function checkAdoption(
  admin: ClientBase,
  schema: string,
  adopt: boolean,
): Promise<FieldTable[]> {
  const { rowCount } = await admin.query('select from pg_namespace where nspname = $1', [schema])
  if (adopt && rowCount === 0) {
    throw new AdoptionError(`There is no schema ${schema} to adopt. Nothing was changed.`)
  }
  const foreign = (await readFieldTables(admin, schema)).filter((table) => table.owner !== OWNER)
  if (foreign.length === 0) return []
  const names = foreign.map((table) => table.name).join(', ')
  if (!adopt) {
    throw new AdoptionError(
      `The schema ${schema} already holds ${names}. Nothing was changed. ` +
        `To extend these tables and keep their rows: holdpoint migrate --adopt ${schema}`,
    )
  }
  const odd = foreign.filter((table) => table.kind !== 'r')
  if (odd.length > 0) {
    throw new AdoptionError(
      `${odd.map((table) => `${schema}.${table.name}`).join(', ')} cannot be adopted: not an ordinary table. Nothing was changed.`,
    )
  }
  const closed = foreign.filter((table) => !table.theirs)
  if (closed.length > 0) {
    const owners = closed.map((table) => `${table.name} belongs to ${table.owner}`).join('; ')
    throw new AdoptionError(
      `Adopting means to give the tables to ${OWNER}, which only their owner or a superuser may do: ${owners}. ` +
        `Nothing was changed. Run this as that owner, or as a superuser.`,
    )
  }
  return foreign
}

/** Gives the tables to our owner; grants that others hold on them stay. */
export async function takeOver(
  admin: ClientBase,
  schema: string,
  tables: FieldTable[],
): Promise<void> {
  for (const { name } of tables) {
    const table = `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`
    await admin.query(`alter table ${table} owner to ${OWNER}`)
  }
}

async function readFieldTables(admin: ClientBase, schema: string): Promise<FieldTable[]> {
  const { rows } = await admin.query<FieldTable>(
    `select c.relname as name,
            pg_get_userbyid(c.relowner) as owner,
            c.relkind as kind,
            pg_has_role(c.relowner, 'usage') as theirs
       from pg_class c
       join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $1 and c.relname = any($2)
      order by c.relname`,
    [schema, FIELD_TABLES],
  )
  return rows
}
