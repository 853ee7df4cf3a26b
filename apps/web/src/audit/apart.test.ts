import { expect, test } from 'vitest'

import { apart } from './apart.ts'

test('says how far the writer’s clock is from the database’s, and which way', () => {
  const seen = '2026-11-20T03:00:00.000Z'
  expect(apart('2026-11-20T03:00:00.400Z', seen)).toBe('as the database saw it')
  expect(apart('2026-11-20T02:58:58Z', seen)).toBe('1m 02s before the database saw it')
  expect(apart('2026-11-20T03:00:03.5Z', seen)).toBe('3.5s after the database saw it')
  expect(apart('infinity', seen)).toBe('no time that can be read')
})
