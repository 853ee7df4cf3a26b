import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import { createTestDatabase } from '@holdpoint/db/testing'
import { afterAll, expect, test } from 'vitest'

import { Worker } from '../src/index.ts'
import { actionsOf, rowOf } from './rows.ts'

const db = await createTestDatabase()
const worker = new Worker({ url: db.trialUrl, leaseMs: 5000 })
afterAll(async () => worker.close())

const fixture = fileURLToPath(new URL('./sigterm.fixture.ts', import.meta.url))

async function startAgent() {
  const child = spawn(process.execPath, [fixture], {
    env: { ...process.env, HOLDPOINT_AGENT_URL: db.trialUrl },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return { child, id: line.toString().trim() }
}

test('SIGTERM ends the process as it should and leaves its run for another worker', async () => {
  const { child, id } = await startAgent()
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  expect(await exit).toEqual([null, 'SIGTERM'])
  expect(await rowOf(db, id)).toMatchObject({ status: 'queued', worker: null, epoch: 1 })
  const repeated: string[] = []
  await worker.supervise({ agent: 'clerk', runId: id }, async (run) => {
    await run.step('one', () => repeated.push('one'))
    await run.step('two', async (step) => step.action('hang', { idempotent: true }, () => 'done'))
  })
  expect(repeated).toEqual([])
  expect(await rowOf(db, id)).toMatchObject({ status: 'complete', epoch: 2 })
})

test('a process that is killed leaves an action of unknown outcome and a run that can be claimed', async () => {
  const { child, id } = await startAgent()
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
  await db.owner.query(
    'update run_leases set lease_until = clock_timestamp() where workflow_id = $1',
    [id],
  )
  await db.server.query('select sweep_lost_runs()')
  expect(await rowOf(db, id)).toMatchObject({ status: 'lost', stop_reason: 'WORKER_LOST' })
  expect(await actionsOf(db, id)).toMatchObject([{ state: 'unknown' }])
  await worker.supervise({ agent: 'clerk', runId: id }, () => undefined)
  expect(await rowOf(db, id)).toMatchObject({ status: 'complete', epoch: 2 })
})
