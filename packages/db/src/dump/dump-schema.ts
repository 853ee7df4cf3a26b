import { Client, escapeIdentifier } from 'pg'

import { DEFAULT_SCHEMA } from '../migrate/migrate.ts'
import { dumpFunctions, dumpOthers } from './dump-functions.ts'
import { schemaGrants } from './dump-grants.ts'
import { dumpTables } from './dump-tables.ts'

const HEADER = `-- What the migrations add up to, read back from the catalog. Do not edit:
--   pnpm --filter @holdpoint/db dump-schema
-- A test compares this file with a migrated database. Partitions by month are left out.
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
      ...(await dumpFunctions(client, schema)),
    ]
    return `${parts.join('\n\n')}\n`
  } finally {
    await client.end()
  }
}
