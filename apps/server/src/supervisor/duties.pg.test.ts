import { createTestDatabase } from '@holdpoint/db/testing'
import { expect, test } from 'vitest'

import { duties } from './duties.ts'

const db = await createTestDatabase()

test('more runs than one sweep takes are lost in one go: the last is not kept waiting', async () => {
  await db.trial.query(
    `select count(start_run('{"agentId": "a", "worker": "w"}')) from generate_series(1, 601)`,
  )
  await db.owner.query(`update run_leases set lease_until = clock_timestamp() - interval '1 s'`)
  await duties.find(({ name }) => name === 'sweeping lost runs')?.run(db.server)
  const { rows } = await db.owner.query(
    'select status, count(*)::integer as n from workflow_checkpoints group by status',
  )
  expect(rows).toEqual([{ status: 'lost', n: 601 }])
})
