import { expect, test } from 'vitest'

import { frozen, momentMs, typedMoment } from './moment.ts'

const now = Date.parse('2026-11-20T03:30:00.000Z')
const clock = (ms: number) => {
  const at = new Date(ms)
  return `${at.getHours()}:${String(at.getMinutes()).padStart(2, '0')}`
}

test('a link to the last hour shows that hour tomorrow', () => {
  expect(frozen({ agent: 'a', from: '-1h' }, now)).toEqual({
    agent: 'a',
    from: '2026-11-20T02:30:00.000Z',
    to: '2026-11-20T03:30:00.000Z',
  })
  expect(frozen({ from: '-2d', to: '-1d' }, now)).toEqual({
    from: '2026-11-18T03:30:00.000Z',
    to: '2026-11-19T03:30:00.000Z',
  })
  const fixed = { from: '2026-11-20T03:00:00Z' }
  expect(frozen(fixed, now)).toBe(fixed)
})

test('a moment can be typed as a clock says it, and is the last one of that name', () => {
  const local = new Date(now)
  const read = (text: string) => {
    const moment = typedMoment(text, now)
    return moment === null ? null : momentMs(moment, now)
  }
  expect(read(clock(now))).toBe(now)
  expect(read(clock(now - 60_000))).toBe(now - 60_000)
  // A minute later than now: yesterday's.
  local.setMinutes(local.getMinutes() + 1)
  local.setDate(local.getDate() - 1)
  expect(read(clock(now + 60_000))).toBe(local.getTime())
  expect(read(' -2h ')).toBe(now - 7_200_000)
  expect(read('2026-11-20T03:00:07Z')).toBe(Date.parse('2026-11-20T03:00:07Z'))
  expect(read('yesterday 03:00')).toBe(new Date(2026, 10, 19, 3).getTime())
  expect(read('2026-11-20 03:00')).toBe(new Date(2026, 10, 20, 3).getTime())
  for (const text of ['', 'soon', '25:00', '03:61', '-2x', '31 feb 03:00'])
    expect(read(text)).toBeNull()
})
