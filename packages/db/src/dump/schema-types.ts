import { Client, escapeIdentifier } from 'pg'

import { DEFAULT_SCHEMA } from '../migrate/migrate.ts'

interface ColumnRow {
  table: string
  column: string
  type: string
  nullable: boolean
  has_default: boolean
}

/** How `connection.ts` reads each type of the database. */
const READ_AS: Record<string, string> = {
  bool: 'boolean',
  bytea: 'Buffer',
  float4: 'number',
  float8: 'number',
  int2: 'number',
  int4: 'number',
  int8: 'number',
  json: 'Json',
  jsonb: 'Json',
  name: 'string',
  numeric: 'number',
  text: 'string',
  timestamptz: 'Date',
  uuid: 'string',
  xid8: 'string',
}

const HEADER = `// What the tables look like to Kysely, read from a migrated database. Do not edit:
//   pnpm --filter @holdpoint/db dump-schema

import type { ColumnType } from 'kysely'

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue }
/** Read as a value; written as text, since node-postgres would take an array for one of Postgres's own. */
type Json = ColumnType<JsonValue, string, string>
type Optional<T> = [T] extends [ColumnType<infer R, infer I, infer U>]
  ? ColumnType<R, I | undefined, U>
  : ColumnType<T, T | undefined, T>
type Nullable<T> = [T] extends [ColumnType<infer R, infer I, infer U>]
  ? ColumnType<R | null, I | null | undefined, U | null>
  : ColumnType<T | null, T | null | undefined, T | null>
`

/** Writes the TypeScript types of all tables of a migrated schema. @returns the text of schema-types.gen.ts. */
export async function describeTypes(
  adminUrl: string,
  schema: string = DEFAULT_SCHEMA,
): Promise<string> {
  const client = new Client({ connectionString: adminUrl })
  await client.connect()
  try {
    await client.query(`set search_path = ${escapeIdentifier(schema)}`)
    const { rows } = await client.query<ColumnRow>(
      `select c.relname as table, a.attname as column, t.typname as type,
              not a.attnotnull as nullable, a.atthasdef as has_default
         from pg_class c
         join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
         join pg_type t on t.oid = a.atttypid
        where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
        order by c.relname, a.attnum`,
      [schema],
    )
    const tables = [...Map.groupBy(rows, (row) => row.table)]
    const types = tables.map(([table, columns]) => {
      const lines = columns.map((column) => `  ${column.column}: ${typeOf(column)}`)
      return `export interface ${pascal(table)} {\n${lines.join('\n')}\n}\n`
    })
    const all = tables.map(([table]) => `  ${table}: ${pascal(table)}`).join('\n')
    return [HEADER, ...types, `export interface Schema {\n${all}\n}\n`].join('\n')
  } finally {
    await client.end()
  }
}

function typeOf(column: ColumnRow): string {
  const array = column.type.startsWith('_')
  const element = READ_AS[array ? column.type.slice(1) : column.type]
  if (element === undefined)
    throw new Error(`No TypeScript type for ${column.table}.${column.column} (${column.type})`)
  const type = array ? `${element}[]` : element
  if (column.nullable) return `Nullable<${type}>`
  return column.has_default ? `Optional<${type}>` : type
}

function pascal(name: string): string {
  return name
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
}
