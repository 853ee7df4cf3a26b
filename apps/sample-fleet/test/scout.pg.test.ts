import { expect, test } from 'vitest'

import { firstRow, testFleet } from './fleet.fixture.ts'

const fleet = await testFleet(['price-scout'], { pace: 30, nightShift: true })
const { db } = fleet
const NIGHT_SHIFT = 'operator:sample-night-shift'

test('a scout that used up its tokens is held, is given more once, and is killed the second time', async () => {
  const run = await firstRow<{ id: string; why: string }>(
    fleet,
    `select workflow_id as id, stop_detail as why from workflow_checkpoints w
     where status = 'killed' and exists (select from run_holds h where h.workflow_id = w.workflow_id and h.kind = 'budget')`,
  )
  const { rows: events } = await db.server.query<{ kind: string; actor: string }>(
    `select kind, actor from run_events where workflow_id = $1
       and (kind in ('limits.raised', 'run.killed') or state ->> 'stopReason' = 'BUDGET_EXCEEDED' and kind = 'run.paused')
     order by seq`,
    [run.id],
  )
  expect(events).toEqual([
    { kind: 'run.paused', actor: 'holdpoint' },
    { kind: 'limits.raised', actor: NIGHT_SHIFT },
    { kind: 'run.paused', actor: 'holdpoint' },
    { kind: 'run.killed', actor: NIGHT_SHIFT },
  ])
  expect(run.why).toMatch(/^sample night shift: /)
})

test('of two that go in circles the older is killed, with what was seen as the reason', async () => {
  const { why } = await firstRow<{ why: string }>(
    fleet,
    `select data_after ->> 'why' as why from agent_audit_log
     where action = 'run.kill' and actor = $1 and data_after ->> 'why' like '%searches%'`,
    [NIGHT_SHIFT],
  )
  expect(why).toMatch(/^sample night shift: \d+ searches in other words, and the same answer/)
})
