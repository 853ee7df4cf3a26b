import { expect, test } from 'vitest'

import { jsonDiff, mostChanges, textDiff } from './jsonDiff.ts'

const deep = (end: number) => JSON.parse('['.repeat(5000) + end + ']'.repeat(5000)) as unknown

test('names what was added, removed and changed by its path', () => {
  expect(jsonDiff({ to: 'a', cc: [], n: { x: 1 } }, { to: 'b', n: { x: 1, y: 2 } })).toEqual([
    { kind: 'changed', path: 'to', before: 'a', after: 'b' },
    { kind: 'removed', path: 'cc', before: [] },
    { kind: 'added', path: 'n.y', after: 2 },
  ])
})

test('of alike values nothing differs, whatever the order of their keys', () => {
  expect(jsonDiff({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 })).toEqual([])
  expect(jsonDiff(null, null)).toEqual([])
  expect(jsonDiff([{ a: 1, b: 2 }, 1], [{ b: 2, a: 1 }, 1])).toEqual([])
})

test('an entry that came in front of a list does not make all others differ', () => {
  expect(jsonDiff({ l: ['b', 'c'] }, { l: ['a', 'b', 'c'] })).toEqual([
    { kind: 'added', path: 'l[0]', after: 'a' },
  ])
  expect(jsonDiff(['a', 'b', 'c'], ['a', 'c'])).toEqual([
    { kind: 'removed', path: '[1]', before: 'b' },
  ])
  expect(jsonDiff([{ id: 1 }, { id: 2 }], [{ id: 1 }, { id: 3 }])).toEqual([
    { kind: 'changed', path: '[1].id', before: 2, after: 3 },
  ])
})

test('another type is a change of the whole value, and odd keys can be told apart', () => {
  expect(jsonDiff({ a: [] }, { a: {} })).toEqual([
    { kind: 'changed', path: 'a', before: [], after: {} },
  ])
  expect(jsonDiff({ 'a.b': 1 }, { a: { b: 1 } }).map(({ path }) => path)).toEqual(['["a.b"]', 'a'])
  expect(jsonDiff('x', 'y')).toEqual([{ kind: 'changed', path: '', before: 'x', after: 'y' }])
})

test('ends where nobody reads on, and is not felled by depth', () => {
  const many = Object.fromEntries(Array.from({ length: 2000 }, (_, n) => [`k${n}`, n]))
  expect(jsonDiff({}, many)).toHaveLength(mostChanges)
  expect(jsonDiff({ a: deep(1) }, { a: { b: deep(1) } })).toHaveLength(1)
})

test('of two texts only what differs is set apart', () => {
  expect(textDiff('send to anna now', 'send to berta now')).toEqual({
    head: 'send to ',
    before: 'ann',
    after: 'bert',
    tail: 'a now',
  })
  expect(textDiff('aa', 'aaa')).toEqual({ head: 'aa', before: '', after: 'a', tail: '' })
})
