import { activeStatuses, type Run, runState } from '@holdpoint/protocol'
import type { PoolClient } from 'pg'
import { beforeEach, describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import * as operators from './support/operators.ts'
import { one, outcomeOf } from './support/refusal.ts'
import { behind } from './support/waiting.ts'

// What the fleet page keeps: samples of how many runs were in which state, and filters under a name.
const db = await openContract()

beforeEach(async () => {
  await operators.killAll(db.admin, db.server)
  await db.owner.query('truncate fleet_samples')
})

interface Sample {
  counts: Record<string, number>
  ended: Record<string, number>
}
const samples = async (): Promise<Sample[]> =>
  (await db.server.query<Sample>('select counts, ended from fleet_samples order by at')).rows

/** Long enough for another sample to be taken. */
const later = async () => db.owner.query('select pg_sleep(1.1)')

const sample = async (client: PoolClient) => client.query('select record_fleet_sample()')

async function someRuns(): Promise<string[]> {
  const waiting = await agents.startPlain(db.alpha)
  await db.alpha.query(
    `update workflow_checkpoints set waiting_on = '{"kind": "job"}' where workflow_id = $1`,
    [waiting],
  )
  const asking = await agents.startPlain(db.alpha)
  await agents.requestApproval(db.alpha, asking)
  const approved = await agents.startPlain(db.alpha)
  await operators.decide(db.server, await agents.requestApproval(db.alpha, approved))
  const paused = await agents.startRun(db.alpha)
  await operators.pause(db.server, paused)
  const lost = await agents.startRun(db.alpha)
  await operators.loseWorker(db.owner, db.server, lost)
  const queued = await agents.enqueueRun(db.beta, { agentId: 'beta' })
  const running = [await agents.startRun(db.alpha), await agents.startPlain(db.alpha)]
  return [waiting, asking, approved, paused, lost, queued, ...running]
}

describe('a sample', () => {
  test('counts the living runs as people are shown them', async () => {
    const runs = await someRuns()
    await db.server.query('select record_fleet_sample()')
    const { rows } = await db.server.query<{ state: Run }>(
      'select run_state(w) as state from workflow_checkpoints w where status = any ($1)',
      [activeStatuses],
    )
    expect(rows).toHaveLength(runs.length)
    const counts: Record<string, number> = {}
    for (const { state } of rows) counts[runState(state)] = (counts[runState(state)] ?? 0) + 1
    expect(Object.keys(counts)).toHaveLength(7)
    expect((await samples())[0]?.counts).toEqual(counts)
  })

  test('counts what ended since the one before, once', async () => {
    const runs = [
      await agents.startPlain(db.alpha),
      await agents.startPlain(db.alpha),
      await agents.startPlain(db.alpha),
    ] as const
    await db.server.query('select record_fleet_sample()')
    await agents.setStatus(db.alpha, runs[0], 'complete')
    await agents.setStatus(db.alpha, runs[1], 'failed')
    await operators.kill(db.server, runs[2])
    for (const _ of ['second', 'third']) {
      await later()
      await db.server.query('select record_fleet_sample()')
    }
    const [, second, third] = await samples()
    expect(second).toEqual({ counts: {}, ended: { complete: 1, failed: 1, killed: 1 } })
    expect(third).toEqual({ counts: {}, ended: { complete: 0, failed: 0, killed: 0 } })
  })

  test('is taken at most once a second: who asks meanwhile waits, and counts nothing twice', async () => {
    await behind(db.admin, { pool: db.server, work: sample }, { pool: db.server, work: sample })
    const { rows } = await db.server.query<{ apart: boolean | null }>(
      `select at - lag(at) over (order by at) >= interval '1 second' as apart from fleet_samples`,
    )
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.filter(({ apart }) => apart === false)).toEqual([])
  })

  test('is kept for 31 days', async () => {
    await db.owner.query(
      `insert into fleet_samples (at, counts, ended) values (now() - interval '32 days', '{}', '{}'),
        (now() - interval '30 days', '{}', '{}')`,
    )
    await db.server.query('select record_fleet_sample()')
    expect(await samples()).toHaveLength(2)
  })
})

const save = async (name: unknown, search: unknown, actor: unknown = operators.ANA) =>
  db.server.query('select save_view($1, $2, $3)', [name, search, actor])
const views = async () =>
  (await db.server.query<object>('select name, search, made_by from saved_views order by name'))
    .rows

describe('a view', () => {
  test('is kept under its name, changed by whoever saves it again, and removed', async () => {
    await save('needs me', 'state=needs_approval')
    await save('needs me', 'state=lost', operators.BO)
    expect(await views()).toEqual([
      { name: 'needs me', search: 'state=lost', made_by: operators.BO },
    ])
    await db.server.query(`select remove_view('needs me', 'operator:ana')`)
    expect(await views()).toEqual([])
    expect(await outcomeOf(db.server.query(`select remove_view('needs me', 'operator:ana')`))).toBe(
      'HP015',
    )
    const { rows } = await db.admin.query(
      `select action, actor, target_row_id from agent_audit_log where action like 'view.%' order by seen_at`,
    )
    expect(rows).toEqual([
      { action: 'view.save', actor: operators.ANA, target_row_id: 'needs me' },
      { action: 'view.save', actor: operators.BO, target_row_id: 'needs me' },
      { action: 'view.remove', actor: operators.ANA, target_row_id: 'needs me' },
    ])
  })

  test('is not saved without a name, by nobody, or larger than a screen can show', async () => {
    expect(await outcomeOf(save('', ''))).toBe('23514')
    expect(await outcomeOf(save('x'.repeat(81), ''))).toBe('23514')
    expect(await outcomeOf(save('x', 'y'.repeat(2001)))).toBe('23514')
    expect(await outcomeOf(save('x', '', null))).toBe('HP010')
    expect(await views()).toEqual([])
  })
})

test('agents neither read nor write any of it, and the server writes it by its functions only', async () => {
  await one(db.server, 'select record_fleet_sample() is null as done')
  for (const pool of [db.alpha, db.trial]) {
    for (const statement of [
      'select 1 from fleet_samples',
      'select 1 from saved_views',
      'select record_fleet_sample()',
      `select save_view('x', '', 'operator:ana')`,
      `select remove_view('x', 'operator:ana')`,
    ]) {
      expect([statement, await outcomeOf(pool.query(statement))]).toEqual([statement, '42501'])
    }
  }
  for (const table of ['fleet_samples', 'saved_views']) {
    expect(await outcomeOf(db.server.query(`delete from ${table}`))).toBe('42501')
  }
})
