import { Client, escapeIdentifier } from 'pg'

import { urlForDatabase } from './logins/login-url.ts'
import { retryOnRace } from './migrate/catalog-race.ts'

/** Makes a database unless it is there. @returns the connection string of `adminUrl`'s login to it. */
export async function ensureDatabase(adminUrl: string, name: string): Promise<string> {
  const client = new Client({ connectionString: adminUrl, application_name: 'holdpoint' })
  // One that breaks fails its question too; its own event would end the process.
  client.on('error', () => undefined)
  await client.connect()
  try {
    await retryOnRace(async () => {
      const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
      if (rowCount === 0) await client.query(`create database ${escapeIdentifier(name)}`)
    })
  } finally {
    await client.end().catch(() => undefined)
  }
  return urlForDatabase(adminUrl, name)
}
