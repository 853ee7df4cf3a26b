import { expect, test } from 'vitest'

import { stopsOf } from './stops.ts'

const window = { from: 0, to: 400 }
const reasons = [
  { reason: 'TOOL_FAILURE', stops: 5, over: [0, 4, 0, 1] },
  { reason: 'USER_KILLED', stops: 2, over: [1, 0, 0, 1] },
  { reason: 'WORKER_LOST', stops: 1, over: [0, 0, 1, 0] },
] as const

test('each reason has its parts of the window, all on one scale', () => {
  const { rows, most, others } = stopsOf(reasons, window, 8)
  expect(rows.map(({ reason }) => reason)).toEqual(['TOOL_FAILURE', 'USER_KILLED', 'WORKER_LOST'])
  expect(rows[0]?.parts[1]).toEqual({ from: 100, to: 200, stops: 4 })
  expect(rows[0]?.parts.at(-1)?.to).toBe(400)
  expect(most).toBe(4)
  expect(others.stops).toBe(0)
})

test('what is not shown by itself is counted together, and nothing is left out', () => {
  const { rows, others } = stopsOf(reasons, window, 1)
  expect(rows).toHaveLength(1)
  expect(others).toEqual({ stops: 3, over: [1, 0, 1, 1] })
})

test('where nothing stopped there is nothing to draw', () => {
  expect(stopsOf([], window, 8)).toEqual({ rows: [], others: { stops: 0, over: [] }, most: 1 })
})
