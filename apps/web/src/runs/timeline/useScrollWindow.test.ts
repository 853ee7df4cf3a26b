import { expect, test } from 'vitest'

import { windowOf } from './useScrollWindow.ts'

const height = 28
const box = (scrollTop: number) => ({ scrollTop, clientHeight: 280 })

test('only rows on screen and a few beyond are drawn, at their place', () => {
  expect(windowOf(box(28_000), 50_000, height)).toEqual({
    first: 990,
    last: 1020,
    shift: 0,
    atEnd: false,
  })
  expect(windowOf(box(0), 5, height)).toMatchObject({ first: 0, atEnd: true })
  expect(windowOf(box(50_000 * height - 280), 50_000, height).atEnd).toBe(true)
})

test('a list longer than a browser scrolls is scrolled to scale, and both its ends are reached', () => {
  const count = 3_000_000
  const most = 12_000_000
  expect(windowOf(box(0), count, height)).toMatchObject({ first: 0, shift: 0 })
  const end = windowOf(box(most - 280), count, height)
  expect(end.last).toBeGreaterThanOrEqual(count)
  expect(end.atEnd).toBe(true)
  // The last row is drawn at the end of what is scrolled.
  expect((count - 1) * height + end.shift).toBe(most - height)
  const middle = windowOf(box((most - 280) / 2), count, height)
  expect(Math.abs(middle.first - count / 2)).toBeLessThan(30)
})
