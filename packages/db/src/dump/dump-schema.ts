import { Client, escapeIdentifier } from 'pg'

import { DEFAULT_SCHEMA } from '../migrate/migrate.ts'
import { schemaGrants } from './dump-grants.ts'
import { dumpOthers, dumpRights } from './dump-others.ts'
import { dumpTables } from './dump-tables.ts'

const HEADER = `-- What the migrations add up to, read back from the catalog. Do not edit:
--   pnpm --filter @holdpoint/db dump-schema
-- A test compares this file with a migrated database. Partitions by month are left out, and of functions (they stand in
-- functions/) everything but who may call them.
`

/**
 * Describes a migrated schema as readable, stable SQL: the same text from Postgres 16 and 18.
 * @returns the whole text of schema.sql.
 */
export async function dumpSchema(
  adminUrl: string,
  schema: string = DEFAULT_SCHEMA,
): Promise<string> {
  const client = new Client({ connectionString: adminUrl })
  client.on('error', () => undefined)
  await client.connect()
  try {
    // With this path the catalog's functions leave our schema's name out.
    await client.query(`set search_path = ${escapeIdentifier(schema)}`)
    const parts = [
      HEADER,
      `create schema ${escapeIdentifier(schema)};\n${(await schemaGrants(client, schema)).join('\n')}`,
      ...(await dumpOthers(client, schema)),
      ...(await dumpTables(client, schema)),
      (await dumpRights(client, schema)).join('\n'),
    ]
    return `${parts.join('\n\n')}\n`
  } finally {
    await client.end()
  }
}
