import type { HistoryWindow } from '@holdpoint/protocol'
import { beforeEach, expect, test } from 'vitest'

import { askServer } from '../../test/ask.ts'

const { db, operator, startRun } = await askServer()

const history = async (window: HistoryWindow) => operator.fleet.history({ window })

/** Samples each 15 s from so many seconds ago to so many; each has its age as the number of running runs. */
const sampled = async (fromAgo: number, toAgo: number) =>
  db.owner.query(
    `insert into fleet_samples (at, counts, ended)
     select clock_timestamp() - s * interval '1 second', jsonb_build_object('running', s), '{"complete": 1, "failed": 0, "killed": 2}'
     from generate_series($1::integer, $2::integer, -15) s`,
    [fromAgo, toAgo],
  )

beforeEach(async () => db.owner.query('delete from fleet_samples'))

test('without a sample the history is empty, not zero', async () => {
  for (const window of ['1h', '24h', '7d'] as const) {
    expect(await history(window)).toMatchObject({ samples: [] })
  }
})

test('a window has at most 240 points, each no further from the next than they say', async () => {
  await sampled(3 * 86_400, 0)
  for (const window of ['1h', '24h', '7d'] as const) {
    const { everyMs, samples } = await history(window)
    expect(samples.length).toBeLessThanOrEqual(240)
    expect(samples.length).toBeGreaterThan(100)
    const times = samples.map(({ at }) => Date.parse(at))
    const steps = times.slice(1).map((time, n) => time - (times[n] ?? 0))
    expect(Math.max(...steps)).toBeLessThanOrEqual(everyMs)
    expect(Math.min(...steps)).toBeGreaterThan(0)
  }
})

test('where nobody looked there is a gap, and what ended is counted once', async () => {
  await sampled(3_000, 2_400)
  await sampled(600, 0)
  const { everyMs, samples } = await history('1h')
  const times = samples.map(({ at }) => Date.parse(at))
  const gaps = times.slice(1).filter((time, n) => time - (times[n] ?? 0) > everyMs)
  expect(gaps).toHaveLength(1)
  const complete = samples.reduce((sum, { ended }) => sum + ended.complete, 0)
  expect(complete).toBe(41 * 2)
  expect(samples.at(-1)?.ended.killed).toBe((samples.at(-1)?.ended.complete ?? 0) * 2)
  // Of a stretch the last sample: the newest says how it is now.
  expect(samples.at(-1)?.counts).toEqual({ running: 0 })
})

test('a sample says how many runs were in each state a person is shown', async () => {
  const sample = async () => {
    await db.owner.query('delete from fleet_samples')
    await db.server.query('select record_fleet_sample()')
    return (await history('1h')).samples[0]?.counts
  }
  const before = await sample()
  const [, waiting] = [await startRun(), await startRun()]
  await db.trial.query(
    `update workflow_checkpoints set waiting_on = '{"kind":"timer"}' where workflow_id = $1`,
    [waiting],
  )
  expect(await sample()).toMatchObject({
    running: (before?.running ?? 0) + 1,
    waiting: (before?.waiting ?? 0) + 1,
  })
})

/** Three kills, one of them two hours ago, and so many pauses. */
const expectStops = async (pauses: number): Promise<void> => {
  expect((await history('1h')).stopReasons).toMatchObject(
    [
      { reason: 'USER_KILLED', stops: 2 },
      { reason: 'USER_PAUSED', stops: pauses },
    ].toSorted((a, b) => b.stops - a.stops || a.reason.localeCompare(b.reason)),
  )
  const killed = (await history('24h')).stopReasons.find(({ reason }) => reason === 'USER_KILLED')
  expect(killed).toMatchObject({ stops: 3 })
  // The one of two hours ago stands two parts before the newest, in which the others are.
  expect(killed?.over.slice(-3).reduce((sum, stops) => sum + stops, 0)).toBe(3)
  expect(killed?.over.at(-1)).toBe(2)
}

async function clock(): Promise<string> {
  const { rows } = await db.owner.query<{ now: string }>(
    `select to_json(clock_timestamp()) #>> '{}' as now`,
  )
  return rows[0]?.now ?? ''
}

test('it says until when it counts, by the clock of the database', async () => {
  const before = await clock()
  const { at, stopReasons } = await history('1h')
  expect([before, at, await clock()].toSorted()).toEqual([before, at, expect.anything()])
  expect(stopReasons).toEqual([])
})

test('why runs stopped is counted by when they did, whatever became of them since', async () => {
  const runs = [await startRun(), await startRun(), await startRun()] as const
  for (const id of runs.slice(0, 2)) await operator.runs.kill({ id })
  await operator.runs.pause({ id: runs[2] })
  const old = await startRun()
  await operator.runs.kill({ id: old })
  await db.pool(db.superUrl).query(
    `begin; set local session_replication_role = replica;
     update run_events set at = at - interval '2 hours' where workflow_id = '${old}';
     commit`,
  )
  await expectStops(1)
  await db.server.query('select count_history()')
  await expectStops(1)
  // It goes on, stops again and goes on: none of it is forgotten, counted or not.
  for (const _ of [1, 2]) {
    await operator.runs.resume({ id: runs[2] })
    await operator.runs.pause({ id: runs[2] })
  }
  await operator.runs.resume({ id: runs[2] })
  await expectStops(3)
  await db.server.query('select count_history()')
  await expectStops(3)
})
