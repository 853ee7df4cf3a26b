import { createPool } from '@holdpoint/db'
import type { Loop } from '@holdpoint/protocol'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { askServer, refusal } from '../../test/ask.ts'
import { loopTender } from './tend.ts'

const { as, db, operator } = await askServer()

beforeEach(async () => db.owner.query('delete from loop_firings; delete from loops'))
afterEach(() => void vi.useRealTimers())

interface Spec {
  readonly name: string
  readonly cron?: string
  readonly timeZone?: string
  readonly event?: string
  readonly expectMs?: number
  readonly graceMs?: number
}

/** Declares a loop of agent `a`, as if so many minutes ago. */
async function declare(spec: Spec, minutesAgo = 0): Promise<void> {
  await db.trial.query('select declare_loop($1)', [JSON.stringify({ agentId: 'a', ...spec })])
  await db.owner.query(
    `update loops set declared_at = declared_at - $2 * interval '1 minute' where name = $1`,
    [spec.name, minutesAgo],
  )
}

const loop = async (name: string): Promise<Loop | undefined> =>
  (await operator.loops.list()).find((each) => each.name === name)

const tend = async (times = 1): Promise<void> => {
  const tender = loopTender()
  for (let n = 0; n < times; n++) await tender(db.server)
}

const fire = async (name: string): Promise<void> => {
  await db.trial.query(
    `insert into workflow_checkpoints (agent_id, current_step, loop) values ('a', 'step_1', $1)`,
    [name],
  )
}

/** Times without a firing, in minutes before now, oldest first. */
const missedMinutes = async (name: string): Promise<number[]> => {
  const { rows } = await db.owner.query<{ ago: number }>(
    `select round(extract(epoch from clock_timestamp() - due_at) / 60)::integer as ago from loop_firings
     where loop = $1 and fired_at is null order by due_at`,
    [name],
  )
  return rows.map(({ ago }) => ago)
}

/** Each hour or so often in it, and never while a test runs: half of the time between is still to come. */
function everySo(minutes: number): string {
  const next = new Date().getUTCMinutes() + Math.ceil(minutes / 2)
  const all = Array.from({ length: 60 / minutes }, (_, nth) => (next + nth * minutes) % 60)
  return `${all.join(',')} * * * *`
}

test('a loop that misses its times is overdue since the first, and well again once it fires', async () => {
  const asked = Date.now()
  await declare({ name: 'nightly', cron: everySo(10), graceMs: 0 }, 45)
  await tend()
  const silent = await loop('nightly')
  expect(silent).toMatchObject({ agentId: 'a', lastFiredAt: null, trouble: null })
  expect(silent?.missed).toBeGreaterThanOrEqual(4)
  expect(silent?.firings.every(({ state }) => state === 'missed')).toBe(true)
  expect(silent?.overdueSince).toBe(silent?.firings.at(-1)?.dueAt)
  expect(Date.parse(silent?.nextDueAt ?? '')).toBeGreaterThan(asked)
  await fire('nightly')
  await tend()
  const well = await loop('nightly')
  expect(well).toMatchObject({ overdueSince: null, missed: silent?.missed })
  expect(well?.firings[0]).toMatchObject({ dueAt: null, state: 'fired', runId: well?.lastRunId })
})

test('a missed time that is fired after all counts as late, not as missed', async () => {
  await declare({ name: 'hourly', cron: everySo(60), graceMs: 0 }, 60)
  await tend()
  const due = (await loop('hourly'))?.firings[0]?.dueAt ?? ''
  await db.trial.query('select start_run($1)', [
    JSON.stringify({ agentId: 'a', worker: 'w', loop: 'hourly', dueAt: due }),
  ])
  await tend()
  expect(await loop('hourly')).toMatchObject({
    overdueSince: null,
    missed: 0,
    firings: [{ dueAt: due, state: 'late' }],
  })
})

test('after the server was away for many hours every missed time is written down once, in parts', async () => {
  await declare({ name: 'each minute', cron: '* * * * *', graceMs: 0 }, 1_300)
  await tend()
  expect(await missedMinutes('each minute')).toHaveLength(500)
  await tend(4)
  const missed = await missedMinutes('each minute')
  expect(missed.length).toBeGreaterThanOrEqual(1_299)
  expect(new Set(missed.map((ago, n) => ago + n)).size).toBeLessThanOrEqual(2)
  expect(await loop('each minute')).toMatchObject({ firings: { length: 20 } })
})

test('two servers at once write down the same, once', async () => {
  await declare({ name: 'busy', cron: '* * * * *', graceMs: 0 }, 100)
  await Promise.all([tend(2), tend(2), tend(2)])
  const missed = await missedMinutes('busy')
  expect(new Set(missed).size).toBe(missed.length)
  expect(missed.length).toBeGreaterThanOrEqual(99)
})

test('a loop that is declared anew counts from then on, by its new schedule', async () => {
  await declare({ name: 'moved', cron: '* * * * *', graceMs: 0 }, 30)
  await tend()
  expect((await loop('moved'))?.overdueSince).not.toBeNull()
  await declare({ name: 'moved', cron: '0 0 1 1 *' })
  expect(await loop('moved')).toMatchObject({ overdueSince: null, nextDueAt: null })
  await tend()
  const moved = await loop('moved')
  expect(moved?.nextDueAt).toMatch(/-01-01T00:00:00/)
  expect(moved?.overdueSince).toBeNull()
})

test('a schedule that cannot be followed says why, and keeps no other loop waiting', async () => {
  await declare({ name: 'a broken one', cron: '61 * * * *' }, 60)
  await declare({ name: 'never', cron: '0 0 31 2 *' }, 60)
  await declare({ name: 'sound', cron: '* * * * *', graceMs: 0 }, 60)
  await tend()
  expect((await loop('a broken one'))?.trouble).toMatch(/"61 \* \* \* \*" cannot be read/)
  expect((await loop('never'))?.trouble).toMatch(/never comes/)
  expect((await loop('sound'))?.overdueSince).not.toBeNull()
  await declare({ name: 'a broken one', cron: '1 * * * *' })
  await tend()
  expect(await loop('a broken one')).toMatchObject({ trouble: null })
})

test('a loop that an event starts is overdue when nothing fired in time', async () => {
  await declare({ name: 'tickets', event: 'ticket.opened', expectMs: 60_000, graceMs: 0 }, 5)
  await declare({ name: 'whenever', event: 'mail' }, 5)
  await tend()
  const silent = await loop('tickets')
  expect(silent?.overdueSince).toBe(silent?.nextDueAt)
  expect(silent?.overdueSince).not.toBeNull()
  expect(silent?.missed).toBe(0)
  await fire('tickets')
  await tend()
  expect(await loop('tickets')).toMatchObject({ overdueSince: null, firings: [{ dueAt: null }] })
  expect(await loop('whenever')).toMatchObject({ overdueSince: null, nextDueAt: null })
})

test('the clock of the database decides, not that of the server', async () => {
  await declare({ name: 'skewed', cron: '*/10 * * * *' }, 0)
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 86_400_000 })
  await tend()
  expect(await loop('skewed')).toMatchObject({ overdueSince: null, missed: 0 })
})

test('a loop that its agent keeps locked is left for later, one with an open firing fails; the others are tended', async () => {
  await declare({ name: 'a locked one', cron: '* * * * *', graceMs: 0 }, 10)
  await declare({ name: 'other', cron: '* * * * *', graceMs: 0 }, 10)
  const url = db.serverUrl
  const pool = createPool({
    url,
    applicationName: 'test',
    statementTimeoutMs: 0,
    lockTimeoutMs: 100,
  })
  const owner = await db.owner.connect()
  try {
    await owner.query(`begin; select from loops where name = 'a locked one' for update`)
    await loopTender()(pool)
    await owner.query('rollback; begin')
    // Each minute of the last ten, so that one of them is missed just now.
    await owner.query(
      `insert into loop_firings (agent_id, loop, due_at) select 'a', 'a locked one',
         date_trunc('minute', now()) - n * interval '1 minute' from generate_series(0, 15) n`,
    )
    await expect(loopTender()(pool)).rejects.toMatchObject({ code: '55P03' })
  } finally {
    await owner.query('rollback')
    owner.release()
    await pool.end()
  }
  expect((await loop('other'))?.overdueSince).not.toBeNull()
  expect((await loop('a locked one'))?.overdueSince).toBeNull()
})

test('more loops than one call has time for are tended by the next, and then from the first again', async () => {
  for (const name of ['one', 'two', 'three'])
    await declare({ name, cron: '* * * * *', graceMs: 0 }, 5)
  const tended = async (): Promise<number> => {
    const { rows } = await db.owner.query<{ n: number }>(
      'select count(*)::integer as n from loops where tended_until is not null',
    )
    return rows[0]?.n ?? 0
  }
  const tender = loopTender(-1)
  const counts: number[] = []
  for (let calls = 0; calls < 3; calls++) {
    await tender(db.server)
    counts.push(await tended())
  }
  expect(counts).toEqual([1, 2, 3])
  await db.owner.query('update loops set tended_until = null, next_due_at = null')
  await tender(db.server)
  expect(await tended()).toBe(1)
})

test('whoever may look sees the loops; nobody else does', async () => {
  await declare({ name: 'seen', cron: '* * * * *' })
  expect(await as('operator:guest', ['read']).loops.list()).toHaveLength(1)
  await expect(as('operator:nobody', []).loops.list()).rejects.toMatchObject({ code: 'FORBIDDEN' })
})

test('a loop that nobody runs any more is retired by a person; its firings stay', async () => {
  await declare({ name: 'old', event: 'push' })
  await fire('old')
  const asked = { agentId: 'a', name: 'old', reason: 'moved to the new one' }
  expect(await refusal(as('operator:guest', ['read']).loops.retire(asked))).toMatchObject({
    code: 'FORBIDDEN',
  })
  await operator.loops.retire(asked)
  expect(await loop('old')).toBeUndefined()
  expect((await db.owner.query('select from loop_firings')).rowCount).toBe(1)
  expect((await operator.audit.list()).rows[0]).toMatchObject({
    action: 'loop.retire',
    agentId: 'a',
    targetRowId: 'old',
    dataAfter: { why: 'moved to the new one' },
  })
  expect(await refusal(operator.loops.retire(asked))).toMatchObject({ code: 'NOTHING_TO_DO' })
})

test('an agent declares two hundred loops and no more', async () => {
  for (let n = 0; n < 200; n++) await declare({ name: `loop ${n}`, event: 'push' })
  await expect(declare({ name: 'one more', event: 'push' })).rejects.toMatchObject({
    code: 'HP016',
  })
  await declare({ name: 'loop 7', event: 'pull' })
  expect(await loop('loop 7')).toMatchObject({ event: 'pull' })
})
