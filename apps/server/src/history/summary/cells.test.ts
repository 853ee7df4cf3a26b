import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { cellsOf } from './cells.ts'

const minute = 60_000

test('every whole minute of a window is in one cell, and nothing beside it', () => {
  fc.assert(
    fc.property(fc.nat(30_000 * minute), fc.nat(3_000 * minute), (from, lasts) => {
      const cells = cellsOf(from, from + lasts)
      let next = Math.ceil(from / minute)
      for (const { grain, begins, ends } of cells) {
        expect(begins).toBe(next)
        expect([begins % grain, ends % grain]).toEqual([0, 0])
        next = ends
      }
      expect(next).toBe(Math.max(Math.ceil(from / minute), Math.floor((from + lasts) / minute)))
    }),
  )
})

test('a window of months is some dozen cells', () => {
  const cells = cellsOf(7 * minute, 90 * 1_440 * minute + 13 * minute)
  expect(cells.map(({ grain }) => grain)).toEqual([1, 10, 60, 360, 10, 1])
})
