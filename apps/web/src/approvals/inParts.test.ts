import { expect, test } from 'vitest'

import { inParts } from './inParts.ts'

test('everything is in one part, in its order, and no part is too large or empty', () => {
  expect(inParts([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]])
  expect(inParts([1, 2], 2)).toEqual([[1, 2]])
  expect(inParts([], 2)).toEqual([])
})
