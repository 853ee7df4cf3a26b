import { describe, expect, it } from 'vitest'

import { readInstant, thenWords, typedInstant } from './instant.ts'

const now = new Date(2026, 10, 21, 9, 30, 0).getTime()
const local = (...parts: [number, number, number, number, number, number?]) =>
  new Date(...(parts as [number, number, number, number, number, number])).getTime()

describe('an instant of an address', () => {
  it.each([
    '2026-11-20T03:12:07Z',
    '2026-11-20T03:12:07.123456+00:00',
    '2026-11-20T03:12:07.5-05:30',
  ])('%s is one, and stays as it was written', (text) => {
    expect(readInstant(text)).toBe(text)
  })

  it('writes out what it leaves away', () => {
    expect(readInstant('2026-11-20t03:12z')).toBe('2026-11-20T03:12:00Z')
    expect(readInstant('2026-11-20T03:12+0100')).toBe('2026-11-20T03:12:00+01:00')
  })

  it('reads a plus that came as a space', () => {
    expect(readInstant('2026-11-20T03:12:07 00:00')).toBe('2026-11-20T03:12:07+00:00')
  })

  it.each([
    'banana',
    '2026-11-20',
    '2026-11-20T03:12:07',
    '2026-02-31T03:12:07Z',
    '2026-11-20T25:12:07Z',
    '2026-11-20T03:12:07.1234567Z',
    '0',
  ])('%s is none', (text) => {
    expect(readInstant(text)).toBeNull()
  })
})

describe('what a person types for an instant', () => {
  it.each([
    ['03:12', local(2026, 10, 21, 3, 12)],
    ['3:12', local(2026, 10, 21, 3, 12)],
    // A time that is still to come today was yesterday.
    ['23:10:05', local(2026, 10, 20, 23, 10, 5)],
    ['yesterday 03:12', local(2026, 10, 20, 3, 12)],
    ['Yesterday, 03:12:07', local(2026, 10, 20, 3, 12, 7)],
    ['today 03:12', local(2026, 10, 21, 3, 12)],
    ['20 Nov 03:12', local(2026, 10, 20, 3, 12)],
    ['20 november 2025 03:12', local(2025, 10, 20, 3, 12)],
    ['24 dec 18:00', local(2025, 11, 24, 18, 0)],
    ['2026-11-20 03:12:07', local(2026, 10, 20, 3, 12, 7)],
    ['2026-11-20T03:12', local(2026, 10, 20, 3, 12)],
    ['15 min ago', now - 900_000],
    ['-2h', now - 7_200_000],
    ['3 days ago', now - 3 * 86_400_000],
    ['2026-11-20T03:12:07Z', Date.UTC(2026, 10, 20, 3, 12, 7)],
  ])('%s', (text, ms) => {
    expect(typedInstant(text, now)).toBe(ms)
  })

  it.each(['', 'noon', '25:00', '12:61', '31 feb 03:12', '20 foo 03:12', '42'])(
    '%j is none',
    (text) => {
      expect(typedInstant(text, now)).toBeNull()
    },
  )
})

it('says the year only of another year', () => {
  expect(thenWords(local(2026, 10, 20, 3, 12, 7), now)).toBe('03:12:07, 20 Nov')
  expect(thenWords(local(2025, 10, 20, 3, 12, 7), now)).toBe('03:12:07, 20 Nov 2025')
})
