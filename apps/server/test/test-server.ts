import { createTestDatabase, type TestDatabase } from '@holdpoint/db/testing'
import { afterAll } from 'vitest'

import { hashOf, newSecret } from '../src/database/secrets.ts'
import { startServer, type RunningServer, type ServerConfig } from '../src/main.ts'

export const apiToken = 'token-of-the-tests'

export interface TestServer extends RunningServer {
  readonly db: TestDatabase
  readonly links: string[]
  readonly logged: string[]
  /** As a script with the API token. */
  ask: (path: string, init?: RequestInit) => Promise<Response>
  /** Signs in as a browser does: the first person, or another one. @returns the Cookie header */
  signIn: (name?: string) => Promise<string>
}

/** A server on a database of its own, for a whole test file. */
export async function startTestServer(config: Partial<ServerConfig> = {}): Promise<TestServer> {
  const db = await createTestDatabase()
  const server = await serve(db, config)
  afterAll(async () => server.close())
  return server
}

export async function serve(
  db: TestDatabase,
  config: Partial<ServerConfig> = {},
): Promise<TestServer> {
  await db.owner.query('select ensure_first_admin($1)', [hashOf(apiToken)])
  const links: string[] = []
  const logged: string[] = []
  const server = await startServer({
    port: 0,
    host: '127.0.0.1',
    serverUrl: db.serverUrl,
    environment: 'test',
    embedded: true,
    webRoot: '/nowhere',
    sealKey: 'key of the tests',
    onSignInLink: (url) => links.push(url),
    log: (line) => logged.push(line),
    ...config,
  })
  return {
    ...server,
    db,
    links,
    logged,
    ask: async (path, init = {}) => {
      const headers = new Headers(init.headers)
      headers.set('authorization', `Bearer ${apiToken}`)
      return fetch(server.url + path, { ...init, headers })
    },
    signIn: async (name) => {
      const link = name === undefined ? links.at(-1) : await linkFor(db, server.url, name)
      const answer = await fetch(link ?? '', { redirect: 'manual' })
      return answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    },
  }
}

/** As the owner of the tables makes it. */
async function linkFor(db: TestDatabase, url: string, name: string): Promise<string> {
  const secret = newSecret()
  await db.owner.query(`select make_sign_in_link($1, $2, 1, 'login:owner')`, [hashOf(secret), name])
  return `${url}/sign-in?token=${secret}`
}
