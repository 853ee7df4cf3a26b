import { expect, test } from 'vitest'

import { lineChanges } from './lineChanges.ts'

const of = (dataBefore: unknown, dataAfter: unknown, ours = false) =>
  lineChanges({ dataBefore, dataAfter }, ours)

test('what differs between before and after, as much as fits in a line', () => {
  expect(of({ net: 7, by: 'x' }, { net: 14, by: 'x', why: 'a sale' })).toEqual({
    some: [{ name: 'net', before: '7', after: '14' }],
    more: 0,
    why: 'a sale',
  })
  const many = of({ a: 1, b: 1, c: 1 }, { a: 2, b: 2, c: { d: 1 } })
  expect([many.some.length, many.more]).toEqual([2, 1])
})

test('how a run stood is told in the words of the console', () => {
  const before = { status: 'running', heldBy: [], stopReason: null, seq: 4 }
  const after = {
    status: 'paused',
    heldBy: ['operator_pause'],
    stopReason: 'USER_PAUSED',
    seq: 5,
    why: 'x',
  }
  expect(of(before, after, true)).toEqual({
    some: [
      { name: 'state', before: 'running', after: 'paused' },
      { name: '', before: null, after: 'Paused by a person' },
    ],
    more: 0,
    why: 'x',
  })
})

test('one value for another, lists, and what is neither', () => {
  expect(of('low', 'high').some).toEqual([{ name: '', before: 'low', after: 'high' }])
  expect(of({ to: ['a'] }, { to: ['a', 'b'] }).some).toEqual([
    { name: 'to', before: 'a', after: 'a, b' },
  ])
  expect(of({ deep: { a: 1 } }, { deep: { a: 2 } }).some).toEqual([
    { name: 'deep', before: null, after: 'changed' },
  ])
  const ended = of(
    { sessions: [{ pid: 1 }, { pid: 2 }], deep: { a: 1 } },
    { sessions: null, deep: null },
  )
  expect(ended.some).toEqual([
    { name: 'sessions', before: '2', after: 'none' },
    { name: 'deep', before: null, after: 'removed' },
  ])
  const moved = { expiresAt: '2026-11-20T03:12:07.000000+00:00' }
  expect(of({ expiresAt: null }, moved, true).some[0]?.after).toBe('20 Nov 03:12:07')
  expect(of({ expiresAt: null }, moved).some[0]?.after).toBe(moved.expiresAt)
  for (const nothing of [null, 7, 'x', [1]]) expect(of(nothing, { a: 1 }).some).toEqual([])
})
