import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import { createTestDatabase } from '@holdpoint/db/testing'
import { expect, test } from 'vitest'

const db = await createTestDatabase()
const fixture = fileURLToPath(new URL('./orphan.fixture.ts', import.meta.url))

const connections = async (): Promise<number> => {
  const { rowCount } = await db.owner.query(
    `select from pg_stat_activity
     where datname = current_database() and application_name like 'holdpoint-control%'`,
  )
  return rowCount ?? 0
}

test('agents end when whoever started the fleet is killed', async () => {
  const starter = spawn(process.execPath, [fixture], {
    env: { ...process.env, FLEET_TEST_URL: await db.addAgent('nightly-report') },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  await expect.poll(connections).toBeGreaterThan(0)
  const exit = once(starter, 'exit')
  starter.kill('SIGKILL')
  await exit
  await expect.poll(connections).toBe(0)
})
