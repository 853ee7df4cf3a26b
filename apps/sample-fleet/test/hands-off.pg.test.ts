import { expect, test } from 'vitest'

import { firstRow, testFleet } from './fleet.fixture.ts'

const fleet = await testFleet(['refund-agent'], { pace: 60, nightShift: true })

test('the night shift leaves alone what a person has paused', async () => {
  const waiting = await firstRow<{ approval: string; run: string }>(
    fleet,
    `select approval_id as approval, workflow_id as run from approval_queue where decision is null`,
  )
  await fleet.db.server.query(`select pause_run($1, 'operator:test', 'let me see')`, [waiting.run])
  // By now it would have been decided: later ones were, alone and after a longer wait.
  await firstRow(
    fleet,
    `select count(*) from approval_queue where decided_by = 'operator:sample-night-shift' having count(*) >= 2`,
  )
  const { rows } = await fleet.db.server.query(
    'select decision from approval_queue where approval_id = $1',
    [waiting.approval],
  )
  expect(rows).toEqual([{ decision: null }])
})
