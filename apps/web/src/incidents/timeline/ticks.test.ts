import { expect, test } from 'vitest'

import { ticksOf } from './ticks.ts'

const at = (hours: number, minutes = 0, seconds = 0, ms = 0) =>
  new Date(2026, 10, 20, hours, minutes, seconds, ms).getTime()

const words = (from: number, to: number, most = 8) =>
  ticksOf({ from, to }, most).map((tick) => tick.words)

test('ticks are round times of the reader’s clock, never more than there is room for', () => {
  expect(words(at(3, 1), at(4, 1), 6)).toEqual([
    '03:10',
    '03:20',
    '03:30',
    '03:40',
    '03:50',
    '04:00',
  ])
  expect(words(at(3, 12, 7), at(3, 12, 9), 4)).toEqual([
    '12:07.000',
    '12:07.500',
    '12:08.000',
    '12:08.500',
    '12:09.000',
  ])
  expect(words(at(3, 12, 7), at(3, 12, 47), 4)).toEqual([
    '03:12:10',
    '03:12:20',
    '03:12:30',
    '03:12:40',
  ])
  for (const length of [150, 9_000, 400_000, 9e6, 9e7, 9e8, 9e9])
    expect(words(at(3), at(3) + length).length).toBeLessThanOrEqual(9)
})

test('where a day begins, the day is said', () => {
  const ticks = ticksOf({ from: at(22), to: at(26) }, 4)
  expect(ticks.map(({ words }) => words)).toEqual(['22:00', '23:00', '21 Nov', '01:00', '02:00'])
  expect(ticks.filter(({ strong }) => strong)).toHaveLength(1)
  expect(ticksOf({ from: at(3), to: at(3 + 24 * 6) }, 8)[0]?.words).toBe('21 Nov')
})
