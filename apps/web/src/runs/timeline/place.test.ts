import { expect, test } from 'vitest'

import { anEvent } from '../../live/testing.ts'
import { EventColumns } from '../history/eventColumns.ts'
import { placeOf } from './place.ts'

/** An event each hour of two days, by the clock of whoever reads. */
const columns = new EventColumns()
const first = new Date(2026, 10, 19, 0, 30).getTime()
columns.add(
  Array.from({ length: 40 }, (_, n) =>
    anEvent('a', n + 1, { at: new Date(first + n * 3_600_000).toISOString() }),
  ),
)

test('an event is meant by its number', () => {
  expect(placeOf('7', columns)).toBe(7)
  expect(placeOf(' #12 ', columns)).toBe(12)
  expect(placeOf('50,000', columns)).toBe(40)
  expect(placeOf('0', columns)).toBe(1)
})

test('or by the time, on the latest day that has it', () => {
  expect(placeOf('03:30', columns)).toBe(28)
  expect(placeOf('03:31:07', columns)).toBe(29)
  // The second day ends at 15:30: later times are those of the first.
  expect(placeOf('23:30', columns)).toBe(24)
  expect(placeOf(new Date(first + 3_600_000).toISOString(), columns)).toBe(2)
})

test('other words name no place', () => {
  for (const text of ['', 'yesterday', '25:00', '12:61', '#'])
    expect(placeOf(text, columns)).toBeNull()
})
