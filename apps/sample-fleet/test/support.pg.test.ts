import { expect, test } from 'vitest'

import { firstRow, testFleet } from './fleet.fixture.ts'

const fleet = await testFleet(['support-agent'], { pace: 30, nightShift: true })
const { db, lines, book } = fleet

const TICKETS = Array.from({ length: 64 }, (_, n) => `ticket ${1001 + n}`)

test('a support agent that is killed at ticket 47 goes on there, and nobody gets a reply twice', async () => {
  const run = await firstRow<{ id: string }>(
    fleet,
    `select workflow_id as id from workflow_checkpoints where skill = 'answer-tickets' and epoch > 1 and status = 'complete'`,
  )
  expect(lines.filter((line) => line.startsWith('support-agent ended (SIGKILL)'))).toHaveLength(1)
  const { rows: lost } = await db.server.query(
    `select detail ->> 'inFlight' as "inFlight" from run_events
     where workflow_id = $1 and kind = 'run.lost' and state ->> 'stopReason' = 'WORKER_LOST'`,
    [run.id],
  )
  expect(lost).toEqual([{ inFlight: '1' }])

  // The mail sink's own book: a second line for a ticket would be a second letter.
  const delivered = book<{ to: string }>('outbox/queue-1').map(({ to }) => to)
  expect(delivered).toEqual(TICKETS)
  const { rows: again } = await db.server.query(
    `select target, attempt, state from actions where workflow_id = $1 and tool = 'mail.send' and attempt > 1`,
    [run.id],
  )
  expect(again).toEqual([{ target: 'ticket 1047', attempt: 2, state: 'confirmed' }])
  // What was thought before the kill was kept: no draft is paid for twice.
  const { rows: drafts } = await db.server.query(
    `select count(*)::int as drafts from actions where workflow_id = $1 and tool = 'model.complete' and attempt = 1`,
    [run.id],
  )
  expect(drafts).toEqual([{ drafts: 64 }])
})

test('a voucher that was on its way when it was killed waits for a person, and is issued once', async () => {
  const settled = await firstRow<{ id: string; by: string; batch: string }>(
    fleet,
    `select w.workflow_id as id, a.settled_by as by, w.labels ->> 'batch' as batch
     from actions a join workflow_checkpoints w using (workflow_id)
     where a.tool = 'voucher.issue' and a.settled_by is not null and w.status = 'complete'`,
  )
  expect(settled.by).toBe('operator:sample-night-shift')
  const { rows: held } = await db.server.query(
    `select from run_events where workflow_id = $1 and state ->> 'stopReason' = 'UNKNOWN_OUTCOME'`,
    [settled.id],
  )
  expect(held.length).toBeGreaterThan(0)
  const tickets = book<{ ticket: number }>(`vouchers/${settled.batch}`).map(({ ticket }) => ticket)
  expect(tickets).toHaveLength(10)
  expect(new Set(tickets).size).toBe(10)
})

test('batches wait in a queue while another one is worked on', async () => {
  const { rows } = await db.server.query(
    `select from workflow_checkpoints w where skill = 'goodwill' and exists (select from run_events e
       where e.workflow_id = w.workflow_id and e.seq = 1 and e.state ->> 'status' = 'queued')`,
  )
  expect(rows.length).toBeGreaterThanOrEqual(3)
})
