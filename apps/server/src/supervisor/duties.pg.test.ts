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

test('more requests than one look takes are looked at in one go: the last is not kept waiting', async () => {
  await db.trial.query(
    `insert into workflow_checkpoints (agent_id, current_step) select 'b', 'x' from generate_series(1, 60)`,
  )
  await db.trial.query(
    `insert into approval_queue (workflow_id, requested_by)
     select workflow_id, 'b' from workflow_checkpoints where agent_id = 'b'`,
  )
  const lacking = async (): Promise<unknown> => {
    for (let turn = 0; turn < 2; turn++) {
      await duties.find(({ name }) => name.startsWith('looking for people'))?.run(db.server)
    }
    const { rows } = await db.owner.query(
      'select count(lacks_since)::integer as lacking from approval_queue',
    )
    return rows[0]
  }
  await db.owner.query(`update operators set roles = '{viewer}'`)
  expect(await lacking()).toEqual({ lacking: 60 })
  await db.owner.query(`update operators set roles = '{admin}' where name = 'ana'`)
  expect(await lacking()).toEqual({ lacking: 0 })
})
