import { expect, test } from 'vitest'

import { firstRow, testFleet } from './fleet.fixture.ts'

const agents = ['ops-agent', 'support-agent', 'release-notes'] as const
const fleet = await testFleet(agents, { pace: 30, nightShift: true })
const { db, lines } = fleet

const STEPS = `select coalesce(sum(steps), 0)::int as steps from workflow_checkpoints where agent_id = $1`
const MORE = `select from workflow_checkpoints where agent_id = $1 having coalesce(sum(steps), 0) > $2`

// Side by side: what is to be seen is that for a while nothing happens.
test.concurrent.each(agents)(
  '%s waits quietly while its login is locked, and goes on once it is let in',
  async (agent) => {
    await firstRow(fleet, MORE, [agent, 0])
    const lock = [agent, 'operator:test', 'looking at it']
    await db.server.query('select lock_agent_login($1, $2, $3)', lock)
    await db.server.query(`select end_agent_sessions($1, 'operator:ada')`, [agent])
    await db.server.query('select hold_agent_runs($1, $2, $3)', lock)
    const said = lines.length
    await new Promise((resolve) => setTimeout(resolve, 4000))
    const after = lines.slice(said)
    // Ended or not: what it said on the way is what helps.
    expect(
      after.some((line) => line.startsWith(`${agent} ended`)),
      after.join('\n'),
    ).toBe(false)
    expect(after.filter((line) => line.startsWith(`${agent}: `)).length).toBeLessThan(6)
    const { steps } = await firstRow<{ steps: number }>(fleet, STEPS, [agent])
    await db.server.query(`select release_agent($1, 'operator:test', 'it is fine')`, [agent])
    await firstRow(fleet, MORE, [agent, steps])
  },
)
