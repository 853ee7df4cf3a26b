import { expect, test } from 'vitest'

import { limitsJson } from './limits.ts'

test('limits are written as the database takes them', () => {
  const deadline = new Date('2030-01-31T12:00:00Z')
  expect(limitsJson({ tokens: 100, costUsd: 0.5, steps: 3, deadline })).toEqual({
    tokens: 100,
    costUsd: 0.5,
    steps: 3,
    deadline: '2030-01-31T12:00:00.000Z',
  })
  expect(limitsJson(undefined)).toBeUndefined()
})

test.each([
  { tokens: Number.NaN },
  { costUsd: Number('1,50') },
  { steps: -1 },
  { tokens: Number.POSITIVE_INFINITY },
  { deadline: new Date('tomorrow') },
])('what limits nothing is refused, not taken for no limit: %o', (limits) => {
  expect(() => limitsJson(limits)).toThrow(RangeError)
})
