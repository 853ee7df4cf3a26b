import { createTestDatabase, type TestDatabase } from '@holdpoint/db/testing'
import { afterAll } from 'vitest'

import { startServer, type RunningServer, type ServerConfig } from '../src/main.ts'

export const apiToken = 'token-of-the-tests'

export interface TestServer extends RunningServer {
  readonly db: TestDatabase
  readonly links: string[]
  readonly logged: string[]
  /** As a script with the API token. */
  ask: (path: string, init?: RequestInit) => Promise<Response>
  /** Signs in as a browser does. @returns the Cookie header */
  signIn: () => Promise<string>
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
  const links: string[] = []
  const logged: string[] = []
  const server = await startServer({
    port: 0,
    host: '127.0.0.1',
    serverUrl: db.serverUrl,
    environment: 'test',
    embedded: true,
    webRoot: '/nowhere',
    cookieSecret: 'secret of the tests',
    sealKey: 'key of the tests',
    apiToken,
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
    signIn: async () => {
      const answer = await fetch(links.at(-1) ?? '', { redirect: 'manual' })
      return answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    },
  }
}
