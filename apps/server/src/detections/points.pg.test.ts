import { randomUUID } from 'node:crypto'

import { beforeEach, expect, test } from 'vitest'

import { askServer } from '../../test/ask.ts'
import { follow, pointsOf, repeat, runOf, startWorking } from '../../test/drifting.ts'

const { db, operator } = await askServer()
let agent = ''

beforeEach(async () => {
  agent = `agent-${randomUUID()}`
  await follow(db.server)
})

test('what a score stands on are events of the run, with what was asked and answered', async () => {
  const run = await startWorking(db.trial, agent)
  await repeat(db.trial, run, 3)
  await follow(db.server)
  const point = (await operator.detections.points({ runId: run })).at(-1)
  const signal = point?.signals.find(({ name }) => name === 'repeats')
  expect(signal?.evidence).toHaveLength(3)
  const steps = await operator.detections.steps({ runId: run, seqs: [...(signal?.evidence ?? [])] })
  expect(steps.map(({ seq }) => seq)).toEqual(signal?.evidence)
  expect(steps[0]).toMatchObject({
    tool: 'search',
    outcome: 'ok',
    arguments: { request: { q: 'a parcel' } },
    result: { hits: [] },
  })
  expect(await operator.detections.recent({ ids: [run, randomUUID()] })).toEqual({
    [run]: (await pointsOf(db.server, run)).map(({ score }) => Number(score.toFixed(2))),
  })
})

const now = async (): Promise<string> => {
  const { rows } = await db.server.query<{ at: string }>(
    `select to_json(clock_timestamp()) #>> '{}' as at`,
  )
  return rows[0]?.at ?? ''
}

test('the number, the line and the scores as of an instant are those that were seen then, however far the run went since', async () => {
  const run = await startWorking(db.trial, agent)
  const seen: { at: string; drift: unknown; line: unknown; points: unknown }[] = []
  const look = async (at?: string) => ({
    drift:
      at === undefined
        ? (await runOf(db.server, run)).drift
        : (await operator.history.runAt({ id: run, at }))?.run.drift,
    line: await operator.detections.recent({ ids: [run], at }),
    points: await operator.detections.points({ runId: run, at }),
  })
  for (let n = 0; n < 4; n++) {
    await repeat(db.trial, run, 2)
    // What the run has done has no score yet: nobody saw one.
    seen.push({ ...(await look()), at: await now() })
    await follow(db.server)
    seen.push({ ...(await look()), at: await now() })
  }
  for (const { at, ...then } of seen) expect(await look(at)).toEqual(then)
  expect(seen[0]).toMatchObject({ drift: null, line: {}, points: [] })
  expect(seen.at(-1)).toMatchObject({ line: { [run]: expect.any(Array) as number[] } })
  expect(seen.at(-1)?.points).toHaveLength(8)

  // What the scores stand on is let go of some day; the number and its line are history.
  await db.owner.query('delete from drift_points where workflow_id = $1', [run])
  for (const { at, drift, line } of seen)
    expect(await look(at)).toEqual({ drift, line, points: [] })
  expect(await operator.detections.recent({ ids: [run], at: '2020-01-01T00:00:00Z' })).toEqual({})
})
