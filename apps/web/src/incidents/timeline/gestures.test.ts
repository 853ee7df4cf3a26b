import { expect, test } from 'vitest'

import { spanUnder } from './gestures.ts'

const begun = { from: 1000, to: 2000 }

test('one finger takes the time along, two hold the instants that they lie on', () => {
  expect(spanUnder(begun, [{ start: 50, x: 60 }], 100)).toEqual({ from: 900, to: 1900 })
  expect(spanUnder(begun, [], 100)).toEqual(begun)
  // Apart by 20 px, then by 40: half as long, about the middle between them.
  const pinched = spanUnder(
    begun,
    [
      { start: 40, x: 30 },
      { start: 60, x: 70 },
    ],
    100,
  )
  expect(pinched).toEqual({ from: 1250, to: 1750 })
  const taken = spanUnder(
    begun,
    [
      { start: 40, x: 50 },
      { start: 60, x: 70 },
    ],
    100,
  )
  expect(taken.from).toBeCloseTo(900)
  expect(taken.to).toBeCloseTo(1900)
})
