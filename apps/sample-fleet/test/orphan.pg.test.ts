import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import { createTestDatabase } from '@holdpoint/db/testing'
import { test } from 'vitest'

const db = await createTestDatabase()
const fixture = fileURLToPath(new URL('./orphan.fixture.ts', import.meta.url))

async function untilConnections(some: boolean): Promise<void> {
  for (;;) {
    const { rowCount } = await db.owner.query(
      `select from pg_stat_activity
       where datname = current_database() and application_name like 'holdpoint-control%'`,
    )
    if ((rowCount ?? 0) > 0 === some) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

test('agents end when whoever started the fleet is killed', async () => {
  const starter = spawn(process.execPath, [fixture], {
    env: { ...process.env, FLEET_TEST_URL: await db.addAgent('nightly-report') },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  await untilConnections(true)
  const exit = once(starter, 'exit')
  starter.kill('SIGKILL')
  await exit
  await untilConnections(false)
})
