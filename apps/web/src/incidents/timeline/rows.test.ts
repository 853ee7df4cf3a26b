import type { RunId, RunState } from '@holdpoint/protocol'
import { expect, test } from 'vitest'

import type { PlacedRun } from './picture.ts'
import { Rows } from './rows.ts'

const run = (id: string, from: number, to: number, state: RunState = 'complete'): PlacedRun => ({
  from,
  to,
  run: {
    id: id as RunId,
    from: '',
    to: null,
    state,
    stopReason: null,
    goal: null,
  },
})

test('runs that overlap lie in different rows; one after another they share one', () => {
  const rows = new Rows(4)
  rows.add([run('a', 0, 10), run('b', 5, 15), run('c', 12, 20), run('d', 20, 30)])
  expect(['a', 'b', 'c', 'd'].map((id) => rows.of(id))).toEqual([0, 1, 0, 0])
  expect(rows.count).toBe(2)
})

test('a run keeps its row whatever is read later', () => {
  const rows = new Rows(4)
  rows.add([run('a', 10, 20), run('b', 15, 25)])
  rows.add([run('early', 0, 12), run('a', 10, 20), run('b', 15, 25)])
  expect(rows.of('a')).toBe(0)
  expect(rows.of('b')).toBe(1)
  expect(rows.of('early')).toBe(1)
})

test('where there are too many, trouble has a row and the rest is a crowd', () => {
  const rows = new Rows(2)
  const forever = Number.POSITIVE_INFINITY
  rows.add([
    run('a', 0, forever, 'running'),
    run('b', 1, forever, 'running'),
    run('c', 2, forever, 'running'),
    run('bad', 3, forever, 'lost'),
  ])
  expect(rows.of('bad')).toBe(0)
  expect(rows.of('a')).toBe(1)
  expect(rows.of('c')).toBeNull()
  expect(rows.crowded).toBe(true)
})

test('thousands of runs are placed, and what is remembered is bounded', () => {
  const rows = new Rows(4)
  for (let batch = 0; batch < 40; batch += 1)
    rows.add(Array.from({ length: 500 }, (_, nth) => run(`${batch}-${nth}`, nth, nth + 3)))
  expect(rows.of('0-0')).toBeNull()
  expect(rows.of('39-499')).not.toBeUndefined()
})
