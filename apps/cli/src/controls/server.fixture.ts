import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { ensureFirstAdmin } from '@holdpoint/db'
import { createTestDatabase, type TestDatabase } from '@holdpoint/db/testing'
import { startServer } from '@holdpoint/server/main'
import { afterAll } from 'vitest'

import { type Answer, cli, type Ran } from '../cli.fixture.ts'
import { writeConnection } from '../connection-file.ts'

export interface Served {
  readonly db: TestDatabase
  /** Runs a command line against the server; `answer` is typed when it asks. */
  run: (argv: readonly string[], answer?: Answer) => Promise<Ran>
  /** A run of the trial login. @returns its id */
  startRun: (columns?: Record<string, unknown>) => Promise<string>
  stop: () => Promise<void>
}

/** A server on a database of its own, and a data folder that says where it is. */
export async function serve(): Promise<Served> {
  const db = await createTestDatabase()
  const dataDir = mkdtempSync(join(tmpdir(), 'holdpoint-cli-'))
  const apiToken = 'token-of-the-tests'
  await ensureFirstAdmin({ adminUrl: db.superUrl }, apiToken)
  const server = await startServer({
    port: 0,
    host: '127.0.0.1',
    serverUrl: db.serverUrl,
    environment: 'test',
    embedded: true,
    webRoot: '/nowhere',
    sealKey: 'key of the tests',
    onSignInLink: () => undefined,
    log: () => undefined,
  })
  writeConnection(dataDir, {
    pid: process.pid,
    consoleUrl: server.url,
    signInUrl: server.url,
    agentUrl: db.trialUrl,
    apiToken,
  })
  let stopped: Promise<void> | undefined
  const stop = async (): Promise<void> => (stopped ??= server.close())
  afterAll(async () => {
    await stop()
    rmSync(dataDir, { recursive: true, force: true })
  })
  return {
    db,
    stop,
    run: async (argv, answer) => cli([...argv, '--data', dataDir], {}, answer),
    startRun: async (columns = {}) => {
      const row = { agent_id: 'bot', current_step: 'step_1', ...columns }
      const names = Object.keys(row)
      const { rows } = await db.trial.query<{ id: string }>(
        `insert into workflow_checkpoints (${names.join(', ')})
         values (${names.map((_, n) => `$${n + 1}`).join(', ')}) returning workflow_id as id`,
        Object.values(row),
      )
      return rows[0]?.id ?? ''
    },
  }
}
