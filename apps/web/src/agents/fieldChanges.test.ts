import { expect, test } from 'vitest'

import { bothChanged, differing } from './fieldChanges.ts'

test('what differs, by name, also where one side lacks a field', () => {
  expect(differing({ a: '1', b: '2' }, { a: '1', b: '3', c: '4' })).toEqual([
    { name: 'b', before: '2', after: '3' },
    { name: 'c', before: '', after: '4' },
  ])
})

test('changed by both is what neither left alone; to the same is no quarrel', () => {
  const base = { a: '1', b: '1', c: '1', d: '' }
  const mine = { a: '2', b: '2', c: '2', d: 'x' }
  expect(bothChanged(base, mine, { a: '3', b: '2', c: '1' })).toEqual(['a'])
})
