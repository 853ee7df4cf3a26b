import type { Met, PolicySpec } from '@holdpoint/protocol'
import { describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { fresh } from './support/people.ts'

// What agents wrote neither keeps a draft's preview from an answer nor makes it count what was not called.
const db = await openContract()

interface Told {
  meets: Met
}
interface Preview {
  rows: Told[]
  /** Something was left out. */
  cut: boolean
}

async function calls(tool: string, draft: Partial<PolicySpec> = {}, most = 2000): Promise<Preview> {
  const { rows } = await db.server.query<{ call: Told; counted: number }>(
    'select call, counted from preview_calls(null, $1, 7, $2)',
    [JSON.stringify({ name: 'draft', tool, ...draft }), most],
  )
  return {
    rows: rows.map(({ call }) => call),
    cut: rows.some(({ counted }) => counted > rows.length),
  }
}

const begin = async (tool: string, count: number, request = '{}'): Promise<string> => {
  const run = await agents.startRun(db.alpha)
  await db.alpha.query(
    `select begin_action($1, 1, jsonb_build_object('tool', $2::text, 'key', 'k' || n, 'request', $4::jsonb,
      'digest', repeat('a', 64))) from generate_series(1, $3) n`,
    [run, tool, count, request],
  )
  return run
}

describe('the calls of a week', () => {
  test('are told whatever deadline an agent gave its own', async () => {
    const tool = fresh('tool')
    const times = [
      ['now', '9999-12-30'],
      ['9999-12-30', '0001-01-03'],
    ] as const
    for (const [asked, until] of times) {
      const run = await agents.startRun(db.alpha)
      await agents.askFor(db.alpha, run, {
        tool,
        requested_at: asked,
        expires_at: new Date(`${until}T00:00:00Z`),
      })
    }
    const waits = (await calls(tool)).rows.map(({ meets }) => meets)
    expect(waits.map(({ would }) => would)).toEqual(['wait', 'wait'])
  })

  test('are each counted once, however often the log has them', async () => {
    const tool = fresh('tool')
    const run = await begin(tool, 1)
    await db.alpha.query(
      `insert into agent_audit_log (agent_id, workflow_id, action, target_table, target_row_id)
       select agent_id, workflow_id, action, target_table, target_row_id
       from agent_audit_log, generate_series(1, 9) where workflow_id = $1 and action like 'action.begin %'`,
      [run],
    )
    expect(await calls(tool)).toMatchObject({ rows: [{}], cut: false })
    // There may have been others before those rows.
    expect(await calls(tool, {}, 5)).toMatchObject({ rows: [{}], cut: true })
  })

  test('are looked at as far as a condition can be held against their arguments', async () => {
    const tool = fresh('tool')
    await begin(tool, 150, JSON.stringify('x'.repeat(250_000)))
    const { rows, cut } = await calls(tool, { autoApprove: '$ like_regex "x*y"' })
    expect(cut).toBe(true)
    expect(rows.length).toBeGreaterThan(100)
    expect(rows.length).toBeLessThan(150)
  })
})

test('a run with more events than a page can read keeps no other from being told', async () => {
  const runs = [await agents.startRun(db.alpha), await agents.startRun(db.alpha)]
  await db.admin.query(
    `begin; set local session_replication_role = replica;
     update workflow_checkpoints set seq = 5000000 where workflow_id = '${runs[1]}'; commit`,
  )
  const { rows } = await db.server.query<{ run: { runId: string }; counted: number }>(
    'select run, counted from preview_check_ins($1, 7, 500)',
    [JSON.stringify({ name: 'draft', checkInHours: 1 })],
  )
  const told = rows.map(({ run }) => run.runId)
  expect(told).toContain(runs[0])
  expect(told).not.toContain(runs[1])
  expect(rows[0]?.counted).toBe(rows.length + 1)
})
