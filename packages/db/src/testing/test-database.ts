import { randomBytes } from 'node:crypto'

import type { Pool } from 'pg'
import { Client, escapeIdentifier } from 'pg'
import { inject } from 'vitest'

import { createPool } from '../connection.ts'
import { addAgent, ensureTrialLogin } from '../logins/agent-login.ts'
import { urlForDatabase } from '../logins/login-url.ts'
import { ensureServerLogin } from '../logins/server-login.ts'
import { OWNER } from '../migrate/cluster-roles.ts'
import { DEFAULT_SCHEMA } from '../migrate/migrate.ts'
import { atEndOfFile } from './end-of-file.ts'
import { TEMPLATE, type TestServer } from './test-server.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    holdpointPostgres: TestServer
  }
}

export interface TestDatabase {
  name: string
  /** Superuser; unqualified names mean our schema. */
  superUrl: string
  /** Acts as holdpoint_owner; its session_user is the superuser, since nobody logs in as the owner. */
  ownerUrl: string
  serverUrl: string
  /** Login of this database's own trial agent, registered without an agent id. */
  trialUrl: string
  /** Makes a login for the agent `name` (its agent id). @returns the connection string. */
  addAgent(name: string): Promise<string>
  /** The login's name in `addAgent(name)`: cluster wide, so it carries a suffix. */
  loginOf(name: string): string
  owner: Pool
  server: Pool
  trial: Pool
  /** A pool that is closed with the database; 5 connections at most unless said otherwise. */
  pool(url: string, max?: number): Pool
  close(): Promise<void>
}

/**
 * A fresh, migrated database, copied from the template. Call it anywhere in a test file, for instance
 * `const db = await createTestDatabase()` on top: it is closed and dropped after the file's tests.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const db = await openTestDatabase(inject('holdpointPostgres'))
  atEndOfFile(async () => db.close())
  return db
}

/** The same without vitest's hooks: the caller closes it. */
export async function openTestDatabase(server: TestServer): Promise<TestDatabase> {
  const suffix = randomBytes(4).toString('hex')
  const name = `test_${suffix}`
  await onServer(server, (client) => client.query(`create database ${name} template ${TEMPLATE}`))
  const adminUrl = urlForDatabase(server.superUrl, name)
  const logins: string[] = []
  const pools = new Map<string, Pool>()
  const pool = (url: string, max = 5): Pool => {
    const made =
      pools.get(`${max} ${url}`) ??
      createPool({ url, max, applicationName: 'holdpoint test', statementTimeoutMs: 0 })
    pools.set(`${max} ${url}`, made)
    return made
  }
  const remember = (url: string): string => {
    logins.push(decodeURIComponent(new URL(url).username))
    return url
  }
  const [serverUrl, trialUrl] = await Promise.all([
    ensureServerLogin({ adminUrl, instance: name }).then(remember),
    ensureTrialLogin({ adminUrl, login: `holdpoint_agent_${suffix}` }).then(remember),
  ])
  const searchPath = `search_path=${DEFAULT_SCHEMA},pg_temp`
  const ownerUrl = withOptions(adminUrl, [`role=${OWNER}`, searchPath])
  return {
    name,
    superUrl: withOptions(adminUrl, [searchPath]),
    ownerUrl,
    serverUrl,
    trialUrl,
    loginOf: (agent) => `agent_${agent}.${suffix}`,
    addAgent: async (agent) =>
      remember(await addAgent({ adminUrl, name: `${agent}.${suffix}`, agentId: agent })),
    get owner() {
      return pool(ownerUrl)
    },
    get server() {
      return pool(serverUrl)
    },
    get trial() {
      return pool(trialUrl)
    },
    pool,
    async close() {
      const ending = [...pools.values()]
      pools.clear()
      await Promise.all(ending.map(async (each) => each.end()))
      await onServer(server, async (client) => {
        await client.query(`drop database if exists ${name} with (force)`)
        for (const login of logins) {
          await client.query(`drop role if exists ${escapeIdentifier(login)}`)
        }
      })
    },
  }
}

function withOptions(url: string, settings: string[]): string {
  const changed = new URL(url)
  changed.searchParams.set('options', settings.map((setting) => `-c ${setting}`).join(' '))
  return changed.toString()
}

async function onServer<T>(server: TestServer, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: server.superUrl })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
