import type { PolicySpec } from '@holdpoint/protocol'
import { describe, expect, test } from 'vitest'

import { askServer } from '../../test/ask.ts'

// Which runs of a week would have paused under a check-in, by the functions that pause them when it is in force.
const { db, operator, startRun } = await askServer()

const preview = async (spec: PolicySpec) => operator.policies.preview({ spec: spec as never })

let named = 0
/** A skill that no other test runs. */
const fresh = (): string => `skill-${(named += 1)}`

interface Step {
  readonly h: number
  readonly by?: string
}

/** A run of a skill of its own, with steps at these hours of the past. */
async function story(skill: string, beganH: number, steps: readonly Step[]): Promise<string> {
  const run = await startRun({ skill })
  for (const { by } of steps) {
    if (by === undefined)
      await db.trial.query(
        `update workflow_checkpoints set current_step = current_step || 'x' where workflow_id = $1`,
        [run],
      )
    else await db.server.query('select look_at_run($1, $2)', [run, by])
  }
  const past = db.pool(db.superUrl)
  await past.query(
    `begin; set local session_replication_role = replica;
     update run_lives set began_at = now() - interval '${beganH} hours' where workflow_id = '${run}';
     update workflow_checkpoints set created_at = now() - interval '${beganH} hours' where workflow_id = '${run}';
     update run_events e set at = now() - make_interval(hours => (array[${[beganH, ...steps.map(({ h }) => h)].join()}])[e.seq])
       where workflow_id = '${run}';
     commit`,
  )
  return run
}

const hoursAgo = (at: string): number => Math.round((Date.now() - Date.parse(at)) / 3_600_000)

describe('the runs of a week', () => {
  test('would have paused once nobody had looked for so many hours, first when they were over', async () => {
    const skill = fresh()
    const unseen = await story(skill, 20, [{ h: 19 }, { h: 1 }])
    const seen = await story(skill, 6, [{ h: 3, by: 'operator:ana' }, { h: 2 }])
    const long = await story(skill, 200, [{ h: 199 }, { h: 190 }])
    const { calls, checkIn } = await preview({ name: 'looks', skill, checkInHours: 4 })
    expect(calls).toBeNull()
    expect(checkIn).toMatchObject({ runs: 3, cut: false, paused: 2 })
    expect(checkIn?.examples.map(({ runId, by }) => [runId, by])).toEqual([
      [long, 'hours'],
      [unseen, 'hours'],
    ])
    // It was due long ago: as far as this week goes, at its beginning.
    expect(checkIn?.examples.map(({ at }) => hoursAgo(at))).toEqual([7 * 24, 16])
    expect(checkIn?.examples.some(({ runId }) => runId === seen)).toBe(false)
  })

  test('would have paused after so many steps without a look', async () => {
    const skill = fresh()
    const three = [{ h: 5 }, { h: 4 }, { h: 3 }]
    const run = await story(skill, 6, three)
    await story(skill, 6, [{ h: 5 }, { h: 4, by: 'operator:ana' }, { h: 3 }])
    const { checkIn } = await preview({ name: 'looks', skill, checkInSteps: 3 })
    expect(checkIn).toMatchObject({ runs: 2, paused: 1, examples: [{ runId: run, by: 'steps' }] })
    expect((await preview({ name: 'looks', skill, checkInSteps: 9 })).checkIn).toMatchObject({
      paused: 0,
      examples: [],
    })
  })

  test('that stood still are not paused again', async () => {
    const skill = fresh()
    const run = await startRun({ skill })
    await operator.runs.pause({ id: run, reason: 'looking' })
    const { checkIn } = await preview({ name: 'looks', skill, checkInHours: 0.000_000_1 })
    // It ran for a moment before.
    expect(checkIn?.runs).toBe(1)
    const other = fresh()
    expect((await preview({ name: 'looks', skill: other, checkInHours: 1 })).checkIn).toEqual({
      runs: 0,
      cut: false,
      paused: 0,
      examples: [],
    })
  })
})
