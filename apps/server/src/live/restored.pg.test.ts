import { randomUUID } from 'node:crypto'

import { ensureFirstAdmin, ensureServerLogin, urlForDatabase } from '@holdpoint/db'
import { Client } from 'pg'
import { expect, test } from 'vitest'

import { apiToken, startTestServer } from '../../test/test-server.ts'
import { fleetOf, Watch } from '../../test/watch.ts'

const server = await startTestServer()
const { db } = server

async function as(url: string, sql: string, params: unknown[] = []): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql, params)
  } finally {
    await client.end()
  }
}

const startRun = async (id: string): Promise<void> =>
  as(
    db.superUrl,
    `insert into workflow_checkpoints (workflow_id, agent_id, current_step) values ($1, 'a', 'step_1')`,
    [id],
  )

/** Puts another database in the place of ours, as a restore from a dump does. */
async function replaceDatabase(): Promise<void> {
  const elsewhere = urlForDatabase(db.superUrl, 'postgres')
  const coming = `${db.name}_restored`
  await as(elsewhere, `create database ${coming} template holdpoint_template`)
  const adminUrl = urlForDatabase(elsewhere, coming)
  await ensureServerLogin({
    adminUrl,
    instance: db.name,
    password: decodeURIComponent(new URL(db.serverUrl).password),
  })
  await ensureFirstAdmin({ adminUrl }, apiToken)
  await as(elsewhere, `drop database ${db.name} with (force)`)
  await as(elsewhere, `alter database ${coming} rename to ${db.name}`)
}

test('a restored or failed-over database makes viewers resync', async () => {
  const [before, after] = [randomUUID(), randomUUID()]
  await startRun(before)
  const fleet = await Watch.open(server.url, 'fleet')
  const page = await Watch.open(server.url, `runs/${before}`)
  await fleet.until(({ messages }) => fleetOf(messages).runs.has(before))
  await page.until((watch) => watch.count('snapshot') === 1)
  const { position } = fleet
  await replaceDatabase()
  await startRun(after)
  await fleet.until(({ messages }) => fleetOf(messages).runs.has(after))
  expect(fleet.count('resync')).toBe(1)
  expect(fleetOf(fleet.messages).runs.has(before)).toBe(false)
  // The run is not in this database: its page is told so when it asks again.
  await page.until((watch) => watch.count('resync') === 1)
  const again = await Watch.open(server.url, `runs/${before}`)
  expect(again.status).toBe(404)
  // A page that was away meanwhile comes back with a position of the old database.
  const back = await Watch.open(server.url, 'fleet', position)
  await back.until(({ messages }) => fleetOf(messages).runs.has(after))
  expect(back.count('resync')).toBe(1)
  for (const watch of [fleet, page, again, back]) watch.close()
})
