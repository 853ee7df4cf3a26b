import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { agentLoginName } from '@holdpoint/db'
import { createTestDatabase } from '@holdpoint/db/testing'
import { Client } from 'pg'
import { afterAll, expect, it } from 'vitest'

import { openSecrets } from '../secrets.ts'
import { ensureFleetLogins, hasForeignRuns } from './logins.ts'

const db = await createTestDatabase()
const data = mkdtempSync(join(tmpdir(), 'holdpoint-cli-'))
const place = { adminUrl: db.superUrl, schema: 'holdpoint' }
const name = `bot-${randomBytes(4).toString('hex')}`
const login = agentLoginName(name)

afterAll(async () => {
  const client = new Client({ connectionString: db.superUrl })
  await client.connect()
  await client.query(`drop owned by "${login}"; drop role "${login}"`)
  await client.end()
  rmSync(data, { recursive: true, force: true })
})

async function works(url: string | undefined): Promise<boolean> {
  const client = new Client({ connectionString: url })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('select from workflow_checkpoints')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}

it('a sample agent keeps its connection string over restarts', async () => {
  const first = await ensureFleetLogins(place, [name], openSecrets(data, {}))
  const second = await ensureFleetLogins(place, [name], openSecrets(data, {}))
  expect(second).toEqual(first)
  expect(await works(first[name])).toBe(true)
})

it('a restart does not let an isolated agent in again', async () => {
  await db.server.query('select lock_agent_login($1, $2, $3)', [name, 'operator:test', 'why'])
  const urls = await ensureFleetLogins(place, [name], openSecrets(data, {}))
  expect(await works(urls[name])).toBe(false)
  await db.server.query('select release_agent($1, $2, $3)', [name, 'operator:test', 'why'])
  expect(await works(urls[name])).toBe(true)
})

it('tells runs of others from those of the sample agents', async () => {
  await db.trial.query(`insert into workflow_checkpoints (agent_id) values ('theirs')`)
  expect(await hasForeignRuns(place, [name])).toBe(true)
  expect(await hasForeignRuns(place, ['theirs', name])).toBe(false)
})
