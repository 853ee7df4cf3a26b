import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { createTestDatabase } from '@holdpoint/db/testing'
import { expect, test } from 'vitest'

import { replayFile } from './replay-file.ts'

const db = await createTestDatabase()

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const corpora = process.env['HOLDPOINT_CORPORA'] ?? join(root, '../shared/data')
const airline = join(corpora, 'tau-bench/gpt-4o-airline.json')
const handCrafted = join(corpora, 'who-and-when/Hand-Crafted')
const absent = 'recorded corpora are not there (HOLDPOINT_CORPORA)'

const fixtures = join(root, 'packages/recordings/fixtures')

/** Runs of an agent whose history has a hole, or whose last sequence is not the row's. */
async function gaps(agent: string): Promise<unknown[]> {
  const { rows } = await db.server.query<{ workflow_id: string }>(
    `select w.workflow_id from workflow_checkpoints w join run_events e using (workflow_id)
     where w.agent_id = $1 group by w.workflow_id, w.seq
     having count(*) <> w.seq or max(e.seq) <> w.seq or min(e.seq) <> 1`,
    [agent],
  )
  return rows
}

async function statuses(agent: string): Promise<Record<string, number>> {
  const { rows } = await db.server.query<{ status: string; runs: number }>(
    'select status, count(*)::int as runs from workflow_checkpoints where agent_id = $1 group by 1',
    [agent],
  )
  return Object.fromEntries(rows.map(({ status, runs }) => [status, runs]))
}

test('both formats play as runs with their steps, actions and estimated spend', async () => {
  const result = await replayFile({ file: fixtures, speed: 1000, url: db.trialUrl })
  expect(result).toEqual({ complete: 3, stopped: 0, failed: 0 })
  const { rows } = await db.server.query(
    `select tool, request, response, state from actions order by intended_at`,
  )
  expect(rows).toEqual([
    {
      tool: 'get_repair',
      request: { repair_id: 'R17' },
      response: { repair_id: 'R17', day: 'Friday', state: 'booked' },
      state: 'confirmed',
    },
    {
      tool: 'cancel_repair',
      request: { repair_id: 'R17' },
      response: 'cancelled',
      state: 'confirmed',
    },
  ])
  const { rows: runs } = await db.server.query<{ labels: object; spent: number }>(
    `select labels, (tokens_in + tokens_out)::int as spent from workflow_checkpoints`,
  )
  for (const run of runs) {
    expect(run.labels).toMatchObject({ replay: 'true', spend: 'estimate' })
    expect(run.spent).toBeGreaterThan(0)
  }
})

/** The runs under way, once there is one. */
async function runningRuns(): Promise<string[]> {
  for (;;) {
    const { rows } = await db.server.query<{ id: string }>(
      `select workflow_id as id from workflow_checkpoints where status = 'running'`,
    )
    if (rows.length > 0) return rows.map(({ id }) => id)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

test('a replayed run obeys a kill, and the others go on', async () => {
  const playing = replayFile({ file: fixtures, speed: 20, url: db.trialUrl })
  const [id] = await runningRuns()
  await db.server.query(`select kill_run($1, 'operator:test')`, [id])
  expect(await playing).toEqual({ complete: 2, stopped: 1, failed: 0 })
})

test('an interrupted replay leaves no run open, also none that is held', async () => {
  const stop = new AbortController()
  const playing = replayFile({ file: fixtures, speed: 0.01, url: db.trialUrl, signal: stop.signal })
  const [id] = await runningRuns()
  await db.server.query(`select pause_run($1, 'operator:test')`, [id])
  stop.abort()
  await playing
  const { rows: left } = await db.server.query(
    `select from workflow_checkpoints where status not in ('complete', 'failed', 'killed')`,
  )
  expect(left).toEqual([])
})

test.skipIf(!existsSync(airline))(
  `200 recorded airline runs all end complete with dense histories${existsSync(airline) ? '' : `: ${absent}`}`,
  async () => {
    const result = await replayFile({ file: airline, speed: 1000, url: db.trialUrl })
    expect(result).toEqual({ complete: 200, stopped: 0, failed: 0 })
    expect(await statuses('replay-airline-agent')).toEqual({ complete: 200 })
    expect(await gaps('replay-airline-agent')).toEqual([])
  },
)

test.skipIf(!existsSync(handCrafted))(
  `58 long conversations of several agents all end complete${existsSync(handCrafted) ? '' : `: ${absent}`}`,
  async () => {
    const before = await statuses('replay-orchestrator')
    const result = await replayFile({ file: handCrafted, speed: 1000, runs: 20, url: db.trialUrl })
    expect(result).toEqual({ complete: 58, stopped: 0, failed: 0 })
    expect((await statuses('replay-orchestrator'))['complete']).toBe(58 + (before['complete'] ?? 0))
    expect(await gaps('replay-orchestrator')).toEqual([])
  },
)
