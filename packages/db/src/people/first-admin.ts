import { createHash } from 'node:crypto'

import { Client } from 'pg'

import { DEFAULT_SCHEMA } from '../migrate/migrate.ts'
import { asOwner } from '../migrate/open-schema.ts'

interface Place {
  readonly adminUrl: string
  readonly schema?: string
}

/** Makes sure that an installation has its first person, `local`, and that the machine's own token is known. */
export async function ensureFirstAdmin(place: Place, apiToken: string): Promise<void> {
  const hash = createHash('sha256').update(apiToken).digest()
  await asOwnerOf(place, 'select ensure_first_admin($1)', [hash])
}

/** Someone who is there from the start; whoever is there already stays as they are. */
export async function ensureOperator(
  place: Place,
  name: string,
  roles: readonly string[],
): Promise<void> {
  await asOwnerOf(place, 'select ensure_operator($1, $2)', [name, roles])
}

async function asOwnerOf(place: Place, sql: string, params: unknown[]): Promise<void> {
  const client = new Client({ connectionString: place.adminUrl, application_name: 'holdpoint' })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await asOwner(client, place.schema ?? DEFAULT_SCHEMA, async () => client.query(sql, params))
  } finally {
    await client.end().catch(() => undefined)
  }
}
