import { expect, test } from 'vitest'

import { partsOf } from './cover.ts'
import type { Kept } from './feed.ts'

const kept = (key: string, from: number, to: number): Kept => ({
  ask: { key, from, to, width: 1, agents: null, freshMs: null },
  picture: {
    from,
    to,
    everyMs: 1,
    bucketsFrom: from,
    asOf: to,
    lanes: new Map(),
    moreLanes: 0,
  },
})
const shown = (view: { from: number; to: number }, own: string, all: readonly Kept[]) =>
  partsOf(view, own, all).map(({ from, to, picture }) => [from, to, picture.to - picture.from])

test('a view is shown by its own picture, else by the finest that covers it', () => {
  const all = [kept('window', 0, 1000), kept('half', 0, 500), kept('own', 100, 300)]
  expect(shown({ from: 120, to: 200 }, 'own', all)).toEqual([[120, 200, 200]])
  expect(shown({ from: 320, to: 400 }, 'missing', all)).toEqual([[320, 400, 500]])
  expect(shown({ from: 600, to: 700 }, 'missing', all)).toEqual([[600, 700, 1000]])
})

test('what the best one does not reach is shown by coarser ones; nothing is shown twice', () => {
  const all = [kept('window', 0, 1000), kept('fine', 200, 400)]
  expect(shown({ from: 100, to: 500 }, 'fine', all)).toEqual([
    [100, 200, 1000],
    [200, 400, 200],
    [400, 500, 1000],
  ])
  expect(shown({ from: 0, to: 10 }, 'x', [])).toEqual([])
  // A window that goes on: its newest moments may be in no picture yet.
  expect(shown({ from: 900, to: 1100 }, 'window', all)).toEqual([[900, 1000, 1000]])
})
