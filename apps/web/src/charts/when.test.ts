import { expect, test } from 'vitest'

import { ticks } from './when.ts'

const hour = 3_600_000

test('an axis is marked at round times within it', () => {
  const to = Date.parse('2026-11-20T03:07:00Z')
  const marks = ticks(to - hour, to, '1h')
  expect(marks).toHaveLength(6)
  expect(marks.every((ms) => ms % (hour / 6) === 0 && ms >= to - hour && ms <= to)).toBe(true)
})
