import { expect, test } from 'vitest'

import { markReach, placeOf } from './bars.ts'
import { act, drawn, picture } from './night.fixture.ts'

const { clerk: ground } = drawn(picture({}))
const { from, to } = ground.view
const xAt = (at: number): number => placeOf(ground, { act: act('run.pause', 0), at }).x

test('a mark of now lies whole inside the view, and so does one of its beginning', () => {
  expect(xAt(to)).toBe(ground.width - markReach)
  expect(xAt(from)).toBe(markReach)
  expect(xAt((from + to) / 2)).toBe(ground.width / 2)
})

test('what lies outside the view is not drawn into it', () => {
  expect(xAt(to + 1000)).toBeGreaterThan(ground.width)
  expect(xAt(from - 1000)).toBeLessThan(0)
})
