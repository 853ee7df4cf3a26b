import { randomUUID } from 'node:crypto'

import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { askServer } from '../../test/ask.ts'
import {
  act,
  follow,
  followBeside,
  pointsOf,
  policyOf,
  repeat,
  runOf,
  startWorking,
} from '../../test/drifting.ts'

const { db, operator } = await askServer()
await follow(db.server)

const things = ['same', 'same', 'same', 'new', 'fail', 'unknown', 'step', 'closed'] as const

async function doOne(run: string, thing: (typeof things)[number], nth: number): Promise<void> {
  switch (thing) {
    case 'same':
      return void (await act(db.trial, run))
    case 'new':
      return void (await act(db.trial, run, { request: { q: `n${nth}` }, response: { nth } }))
    case 'fail':
      return void (await act(db.trial, run, { error: 'no answer' }))
    case 'unknown':
      return void (await act(db.trial, run, { state: 'unknown' }))
    case 'closed':
      return void (await db.trial.query('select report_progress($1, 1, $2)', [
        run,
        { closed: nth },
      ]))
    case 'step':
      await db.trial.query(`select begin_step($1, 1, 'think', $2, '{"about": "it"}')`, [run, nth])
      await db.trial.query(`select end_step($1, 1, 'think', $2, '{"result": "hm"}')`, [run, nth])
  }
}

/** Forgets what was made of a run, so that its history is fed from the beginning. */
const forget = async (run: string): Promise<void> => {
  await db.owner.query('delete from drift_points where workflow_id = $1', [run])
  await db.owner.query(
    'update drift_runs d set seq = 0, memory = null, target = w.seq from workflow_checkpoints w where w.workflow_id = d.workflow_id and d.workflow_id = $1',
    [run],
  )
}

test('a history fed in any pieces, with holds and resumes in it, gives the same scores', async () => {
  const agent = `agent-${randomUUID()}`
  await policyOf(db.server, agent, { loopAt: 1, driftAt: 0.9 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...things), { minLength: 1, maxLength: 25 }),
      fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 }),
      async (doing, sizes) => {
        const run = await startWorking(db.trial, agent)
        for (const [nth, thing] of doing.entries()) {
          const { heldBy } = await runOf(db.server, run)
          if (heldBy.length > 0) await operator.runs.resume({ id: run, reason: null })
          await doOne(run, thing, nth + 1)
          if (nth % (sizes[nth % sizes.length] ?? 1) === 0) {
            await follow(db.server, { events: 1 + (nth % 3), noted: 1 })
          }
        }
        await operator.runs.kill({ id: run, reason: 'enough' })
        await follow(db.server)
        const live = await pointsOf(db.server, run)
        expect(live).toHaveLength(doing.filter((thing) => thing !== 'closed').length)
        for (const events of [1, 5, 1_000]) {
          await forget(run)
          await follow(db.server, { events })
          expect(await pointsOf(db.server, run)).toEqual(live)
        }
      },
    ),
    { numRuns: 8 },
  )
})

test('of two leaders at the same time each action is scored once, and the run is held once', async () => {
  const agent = `agent-${randomUUID()}`
  await policyOf(db.server, agent, { loopAt: 1 })
  const runs = await Promise.all(
    Array.from({ length: 6 }, async () => startWorking(db.trial, agent)),
  )
  const leaders = [db.pool(db.serverUrl, 1), db.pool(db.serverUrl, 2)]
  const lead = async () =>
    Promise.all(leaders.map(async (each) => followBeside(each, { events: 3, noted: 2 })))
  await Promise.all([
    ...runs.map(async (run) => repeat(db.trial, run, 9)),
    (async () => {
      for (let n = 0; n < 10; n++) await lead()
    })(),
  ])
  await lead()
  await follow(db.server)
  for (const run of runs) {
    const { rows } = await db.server.query<{ acted: number; held: number; found: number }>(
      `select (select count(*)::integer from run_events where workflow_id = $1 and kind = 'action.confirmed') as acted,
         (select count(*)::integer from run_holds where workflow_id = $1 and kind = 'detection') as held,
         (select count(*)::integer from detections where workflow_id = $1) as found`,
      [run],
    )
    expect(await pointsOf(db.server, run)).toHaveLength(rows[0]?.acted ?? -1)
    expect(rows[0]).toMatchObject({ held: 1, found: 1 })
  }
})

test('what commits late, behind what began after it, is not missed, and nothing waits for it', async () => {
  const [late, quick] = [await startWorking(db.trial), await startWorking(db.trial)]
  await repeat(db.trial, late, 2)
  await follow(db.server)
  const slow = await db.trial.connect()
  await slow.query('begin')
  await slow.query('select report_progress($1, 1, $2)', [late, { closed: 1 }])
  await repeat(db.trial, quick, 3)
  await follow(db.server, { noted: 1 })
  expect(await pointsOf(db.server, quick)).toHaveLength(3)
  await slow.query('commit')
  slow.release()
  await follow(db.server, { noted: 1 })
  const { rows } = await db.server.query(
    'select d.seq = w.seq as fed from drift_runs d join workflow_checkpoints w using (workflow_id) where workflow_id = $1',
    [late],
  )
  expect(rows).toEqual([{ fed: true }])
})

test('after another database took this one’s place, what lives is followed from where it stands', async () => {
  const run = await startWorking(db.trial)
  await repeat(db.trial, run, 2)
  await db.owner.query(`update drift_position set cluster = 'another', snapshot = '1:1:'`)
  await follow(db.server)
  expect(await pointsOf(db.server, run)).toHaveLength(2)
  await act(db.trial, run)
  await follow(db.server)
  expect(await pointsOf(db.server, run)).toHaveLength(3)
})

test('a kill that comes while a hold is on its way wins', async () => {
  const agent = `agent-${randomUUID()}`
  await policyOf(db.server, agent, { loopAt: 1 })
  const runs = await Promise.all(
    Array.from({ length: 8 }, async () => startWorking(db.trial, agent)),
  )
  await Promise.all(runs.map(async (run) => repeat(db.trial, run, 5)))
  await Promise.all([
    followBeside(db.server),
    ...runs.map(async (run) => operator.runs.kill({ id: run, reason: 'enough' })),
  ])
  await follow(db.server)
  for (const run of runs) {
    expect(await runOf(db.server, run)).toMatchObject({ status: 'killed', heldBy: [] })
    const { rows } = await db.server.query(
      'select from run_holds where workflow_id = $1 and cleared_at is null',
      [run],
    )
    expect(rows).toHaveLength(0)
    expect(await pointsOf(db.server, run)).toHaveLength(5)
  }
})

test('a long history keeps its newest thousand points', async () => {
  const run = await startWorking(db.trial)
  await db.trial.query(
    `select count(begin_step($1, 1, 'think', n, null)), count(end_step($1, 1, 'think', n, '{}')) from generate_series(1, 1400) n`,
    [run],
  )
  for (let n = 0; n < 10; n++) await follow(db.server)
  const points = await pointsOf(db.server, run)
  expect(points.length).toBeGreaterThanOrEqual(1_000)
  expect(points.length).toBeLessThan(1_300)
  expect(points.at(-1)?.seq).toBeGreaterThan(2_700)
})
