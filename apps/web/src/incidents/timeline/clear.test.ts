import { expect, test } from 'vitest'

import { clearOf } from './clear.ts'

const bar = { left: 0, right: 200 }

test('words have the whole bar where there is no mark on it', () => {
  expect(clearOf(bar, [])).toEqual(bar)
  expect(clearOf(bar, [-20, 230])).toEqual(bar)
})

test('words stand beside the marks, where there is most room', () => {
  expect(clearOf(bar, [0])).toEqual({ left: 8, right: 200 })
  expect(clearOf(bar, [150, 60])).toEqual({ left: 68, right: 142 })
  expect(clearOf(bar, [195])).toEqual({ left: 0, right: 187 })
})

test('marks side by side leave no room between them', () => {
  expect(clearOf({ left: 0, right: 40 }, [5, 15, 25, 35])).toEqual({ left: 0, right: 0 })
})
