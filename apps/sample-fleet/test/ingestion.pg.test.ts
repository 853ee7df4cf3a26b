import { expect, test } from 'vitest'

import type { Rollup } from '../src/ingestion/rollup.ts'
import { firstRow, testFleet } from './fleet.fixture.ts'

const fleet = await testFleet(['etl-agent', 'ops-agent'], { pace: 30, nightShift: false })
const { db, book } = fleet

test('one file of a day fails with a 502, the others land, and the rollup says which', async () => {
  const run = await firstRow<{ id: string; reason: string; detail: string }>(
    fleet,
    `select workflow_id as id, stop_reason as reason, stop_detail as detail from workflow_checkpoints
     where agent_id = 'etl-agent' and status = 'failed'`,
  )
  expect(run.reason).toBe('RETRY_LIMIT_REACHED')
  expect(run.detail).toBe(
    '5 of 6 files landed; south failed at upsert_destination: PUT /warehouse/1/south answered 502 (3 attempts)',
  )
  const { rollup } = (
    await firstRow<{ memory: { rollup: Rollup } }>(
      fleet,
      'select memory from run_memory where workflow_id = $1',
      [run.id],
    )
  ).memory
  expect(rollup).toMatchObject({ allDone: false, day: 1 })
  expect(rollup.files.north).toMatchObject({ load: '1-north', status: 'landed', attempts: 1 })
  expect(rollup.files.south).toMatchObject({ load: '1-south', status: 'failed', attempts: 3 })
  const { rows: attempts } = await db.server.query(
    `select attempt, state, error_class from actions
     where workflow_id = $1 and tool = 'warehouse.upsert' and state = 'failed'`,
    [run.id],
  )
  expect(attempts).toEqual([{ attempt: 3, state: 'failed', error_class: 'transient' }])
})

test('the health loop starts one triage for an alert that it sees again and again', async () => {
  const alert = 'gateway-south-1'
  await firstRow(
    fleet,
    `select from workflow_checkpoints where skill = 'triage' and status = 'complete'`,
  )
  const { rows: seen } = await db.server.query(
    `select from actions where tool = 'triage.start' and target = $1 and state = 'confirmed'`,
    [alert],
  )
  expect(seen.length).toBeGreaterThan(1)
  const { rows: triages } = await db.server.query(
    `select from workflow_checkpoints where skill = 'triage' and labels ->> 'alert' = $1`,
    [alert],
  )
  expect(triages).toHaveLength(1)
  const { rows: loops } = await db.server.query<{ cron: string }>(
    `select cron from loops where agent_id = 'ops-agent'`,
  )
  expect(loops).toEqual([{ cron: '* * * * *' }])
})

test('the day is loaded again without loading twice what had landed', async () => {
  const run = await firstRow<{ id: string }>(
    fleet,
    `select workflow_id as id from workflow_checkpoints
     where agent_id = 'etl-agent' and status = 'complete' and labels ->> 'day' = '1'`,
  )
  const { rows: asked } = await db.server.query(
    `select target from actions where workflow_id = $1 and tool = 'warehouse.upsert'`,
    [run.id],
  )
  expect(asked).toEqual([{ target: 'south, day 1' }])
  const loaded = book<{ file: string }>('warehouse/day-1').map(({ file }) => file)
  expect(loaded).toEqual(['north', 'east', 'west', 'coast', 'hills', 'south'])
})
