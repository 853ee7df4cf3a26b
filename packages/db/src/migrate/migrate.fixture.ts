import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { Client } from 'pg'
import { afterAll, beforeAll } from 'vitest'

import { type EmbeddedPostgres, startEmbeddedPostgres } from '../embedded/index.ts'
import { ensureDatabase } from '../ensure-database.ts'
import { urlForLogin } from '../logins/login-url.ts'
import { atEndOfFile, temporaryFolder } from '../testing/index.ts'

export interface EmptyCluster {
  server: EmbeddedPostgres
  /** A new database. @returns the superuser's connection string to it. */
  database(): Promise<string>
  /** A new login with these attributes, for instance `createrole`. @returns its connection string. */
  login(url: string, name: string, attributes?: string): Promise<string>
}

/** A cluster that Holdpoint has never seen, for the tests of one file. */
export function emptyCluster(settings: Record<string, string> = {}): () => EmptyCluster {
  let cluster: EmptyCluster | undefined
  let dataDir = ''
  let databases = 0
  beforeAll(async () => {
    dataDir = temporaryFolder()
    const server = await startEmbeddedPostgres({
      dataDir,
      port: 0,
      version: process.env['HOLDPOINT_TEST_PG'] === '16' ? 16 : 18,
      settings: { fsync: 'off', ...settings },
    })
    cluster = {
      server,
      database: () => ensureDatabase(server.superUrl, `db_${(databases += 1)}`),
      login: async (url, name, attributes = '') => {
        await query(url, `create role ${name} login password 'secret' ${attributes}`)
        return urlForLogin(url, name, 'secret')
      },
    }
  })
  afterAll(async () => {
    await cluster?.server.stop()
    rmSync(dataDir, { recursive: true, force: true })
  })
  return () => {
    if (cluster === undefined) throw new Error('the cluster has not been started yet')
    return cluster
  }
}

export async function query<Row>(url: string, sql: string, values?: unknown[]): Promise<Row[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql, values)).rows as Row[]
  } finally {
    await client.end()
  }
}

/** A folder with these migrations, removed after the file's tests. */
export const migrationsFolder = (files: Record<string, string>): string => folderOf(files)

/** A folder with these functions: `{ 'runs/end': 'create or replace ...' }`. */
export const functionsFolder = (files: Record<string, string>): string =>
  folderOf(Object.fromEntries(Object.entries(files).map(([name, sql]) => [`${name}.sql`, sql])))

function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdpoint-migrations-'))
  for (const [name, sql] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), sql)
  }
  atEndOfFile(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
