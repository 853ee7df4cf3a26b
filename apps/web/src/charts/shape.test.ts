import { activeStatuses, type FleetHistory, type FleetSample } from '@holdpoint/protocol'
import { expect, test } from 'vitest'

import { evenly, shaped, stackOrder, totals } from './shape.ts'

const now = Date.parse('2026-11-20T03:00:00.000Z')
const ended = { complete: 1, failed: 2, killed: 0 }
const sample = (secondsAgo: number, counts: FleetSample['counts']): FleetSample => ({
  at: new Date(now - secondsAgo * 1000).toISOString(),
  counts,
  ended,
})
const history = (...samples: FleetSample[]): FleetHistory => ({
  at: new Date(now).toISOString(),
  everyMs: 30_000,
  samples,
  stopReasons: [],
})

test('every status of a run that goes on has its layer', () => {
  for (const status of activeStatuses) expect(stackOrder).toContain(status)
})

test('a state that a sample does not name had no run; only states that occurred are drawn', () => {
  const { points, states } = shaped(
    history(sample(60, { running: 3 }), sample(30, { running: 2, lost: 1 })),
    '1h',
    now,
  )
  expect(points.at(-1)).toMatchObject({ running: 2, lost: 1, paused: 0 })
  expect(states).toEqual(['lost', 'running'])
})

test('where nobody looked there is a gap, never a zero', () => {
  const read = shaped(
    history(sample(600, { running: 3 }), sample(120, { running: 3 }), sample(90, { running: 4 })),
    '1h',
    now,
  )
  // Before the first sample, between the first two, and after the last.
  expect(read.gaps.map(({ from, to }) => (to - from) / 1000)).toEqual([3000, 480, 90])
  expect(totals(read)).toEqual([null, 3, null, 3, 4])
})

test('a sampler that is a little late leaves no gap', () => {
  const read = shaped(history(sample(3600, {}), sample(3570, {}), sample(3528, {})), '1h', now)
  expect(read.points).toHaveLength(3)
})

test('what ended adds up over the window, and what lies before it does not count', () => {
  const read = shaped(history(sample(4000, {}), sample(60, {}), sample(30, {})), '1h', now)
  expect(read.endings).toEqual({ complete: 2, failed: 4, killed: 0 })
  expect(read.ended).toHaveLength(2)
  // And not what ended since the last sample.
  expect(read.countedTo).toBe(now - 30_000)
})

test('without samples there is nothing to draw, and no gap is made up', () => {
  expect(shaped(history(), '24h', now)).toMatchObject({
    points: [],
    gaps: [],
    states: [],
    countedTo: null,
  })
})

test('a table has few rows, the newest among them', () => {
  const all = Array.from({ length: 240 }, (_, nth) => nth)
  const few = evenly(all, 13)
  expect(few).toHaveLength(13)
  expect(few[0]).toBe(0)
  expect(few.at(-1)).toBe(239)
  expect(evenly([1, 2], 13)).toEqual([1, 2])
})
