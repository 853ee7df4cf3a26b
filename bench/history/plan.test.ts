import { expect, test } from 'vitest'

import { type Plan, planOf, type Size, tenthOf, timeOf } from './plan.ts'

const dayMs = 86_400_000
const size: Size = { runs: 50_000, events: 1_250_000, alive: 500, crowd: 1_000 }
const plan = planOf(size, Date.parse('2026-11-20T00:00:00Z'))
const tenth = planOf(tenthOf(size), Date.parse('2026-11-20T00:00:00Z'))

const aliveAt = ({ from, to }: Plan, at: number): number =>
  from.reduce((alive, begun, run) => alive + Number(begun <= at && (to[run] ?? 0) > at), 0)

const eventsWithin = ({ begins, moments }: Plan, from: number, to: number): number =>
  moments.reduce((sum, moment) => {
    const at = timeOf(begins, moment)
    return sum + Number(at >= from && at < to)
  }, 0)

test('a tenth of a history is a tenth of its time, and what is asked of it is as much', () => {
  expect((tenth.ends - tenth.begins) / (plan.ends - plan.begins)).toBeCloseTo(0.1)
  for (const at of ['asked', 'crowded'] as const) {
    const alive = (each: Plan) => aliveAt(each, each[at])
    const day = (each: Plan) => eventsWithin(each, each[at], each[at] + dayMs)
    for (const count of [alive, day])
      expect(Math.abs(count(tenth) / count(plan) - 1)).toBeLessThan(0.15)
  }
})
